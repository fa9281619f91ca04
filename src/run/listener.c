/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/retry.h"

/* Younger than some headers: Linux 6.6, and 5.9. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_ADDFD
#define SECCOMP_IOCTL_NOTIF_ADDFD _IOC(_IOC_WRITE, SECCOMP_IOC_MAGIC, 3, 24)
#endif
#define SYNC_WAKE_UP 1UL

/* The kernel's structures may be longer than those we were compiled with. */
bool listener_prepare(struct listener *listener, struct error *error)
{
	struct seccomp_notif_sizes sizes;

	listener->fd = -1;
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return diag_errno(error, EXIT_GYVE, errno,
				  "cannot supervise: this kernel has no user notification "
				  "(seccomp SECCOMP_GET_NOTIF_SIZES, Linux 5.0)");
	listener->notif_size = sizes.seccomp_notif > sizeof *listener->notif
				       ? sizes.seccomp_notif
				       : sizeof *listener->notif;
	listener->resp_size = sizes.seccomp_notif_resp > sizeof *listener->resp
				      ? sizes.seccomp_notif_resp
				      : sizeof *listener->resp;
	listener->notif = calloc(1, listener->notif_size);
	listener->resp = calloc(1, listener->resp_size);
	return (listener->notif && listener->resp) ||
	       diag_errno(error, EXIT_GYVE, ENOMEM, "cannot supervise");
}

void listener_wake_at_once(const struct listener *listener)
{
	ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP);
}

/* ADDFD came with it: a kernel that knows it reads the argument, which is nowhere. */
bool listener_tells_end(const struct listener *listener)
{
	return ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ADDFD, NULL) < 0 && errno == EFAULT;
}

/* ioctl(2), which returns 0 or the errno. A signal can end each of these requests. */
static int insist(const struct listener *listener, unsigned long request, void *argument)
{
	struct retry retry = { 0 };

	while (ioctl(listener->fd, request, argument) < 0)
		if (errno != EINTR || !retry_allowed(&retry))
			return errno;
	return 0;
}

static enum listener_result result_of(int number, const char *request, struct error *error)
{
	if (number == 0)
		return LISTENER_DONE;
	if (number == ENOENT)
		return LISTENER_GONE;
	diag_errno(error, EXIT_GYVE, number, "the supervision failed (ioctl %s)", request);
	return LISTENER_BROKEN;
}

enum listener_result listener_receive(struct listener *listener, struct notification *notification,
				      struct error *error)
{
	struct seccomp_notif *notif = listener->notif;
	int number;

	memset(notif, 0, listener->notif_size); /* the kernel refuses anything else */
	number = insist(listener, SECCOMP_IOCTL_NOTIF_RECV, notif);
	if (number == 0) {
		notification->id = notif->id;
		notification->tid = (pid_t)notif->pid;
		notification->call.nr = (uint32_t)notif->data.nr;
		notification->call.arch = notif->data.arch;
		notification->call.ip = notif->data.instruction_pointer;
		for (unsigned i = 0; i < 6; i++)
			notification->call.args[i] = notif->data.args[i];
	}
	return result_of(number, "SECCOMP_IOCTL_NOTIF_RECV", error);
}

enum listener_result listener_look(struct listener *listener, uint64_t id, struct error *error)
{
	return result_of(insist(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id),
			 "SECCOMP_IOCTL_NOTIF_ID_VALID", error);
}

/* A caller that is said to be gone and is not would wait for ever. */
static enum listener_result result_of_send(struct listener *listener, uint64_t id, int number,
					   struct error *error)
{
	if (number == ENOENT && insist(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0) {
		diag_errno(error, EXIT_GYVE, number,
			   "the supervision failed (ioctl SECCOMP_IOCTL_NOTIF_SEND)");
		return LISTENER_BROKEN;
	}
	return result_of(number, "SECCOMP_IOCTL_NOTIF_SEND", error);
}

static int respond(struct listener *listener, uint64_t id, int number, uint32_t flags)
{
	memset(listener->resp, 0, listener->resp_size);
	listener->resp->id = id;
	listener->resp->error = -number;
	listener->resp->flags = flags;
	return insist(listener, SECCOMP_IOCTL_NOTIF_SEND, listener->resp);
}

enum listener_result listener_refuse(struct listener *listener, uint64_t id, int number,
				     struct error *error)
{
	return result_of_send(listener, id, respond(listener, id, number, 0), error);
}

enum listener_result listener_let_pass(struct listener *listener, uint64_t id, int *number,
				       struct error *error)
{
	int failure = respond(listener, id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);

	*number = failure == EINVAL ? ENOSYS : 0;
	if (failure == EINVAL)
		failure = respond(listener, id, ENOSYS, 0);
	return result_of_send(listener, id, failure, error);
}
