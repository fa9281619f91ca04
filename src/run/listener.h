/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's side of supervision: a listener, from which the notified calls of all processes that
 * bear a filter are read, and by which each is answered (seccomp_unotify(2)). Until then the caller
 * waits in its call. Knows nothing of policies.
 *
 * When the last descriptor of a listener is closed, the kernel answers ENOSYS.
 */
#ifndef GYVE_LISTENER_H
#define GYVE_LISTENER_H

#include <linux/seccomp.h>
#include <sys/types.h>

#include "base/diag.h"
#include "syscalls/syscalls.h"

struct notification {
	uint64_t id;
	pid_t tid; /* the calling thread */
	struct call_data call;
};

struct listener {
	int fd;	   /* -1: closed, or no process bears the filter any more */
	bool held; /* a notified caller is woken by fatal signals only (WAIT_KILLABLE_RECV) */
	struct seccomp_notif *notif;
	struct seccomp_notif_resp *resp;
	size_t notif_size, resp_size;
};

enum listener_result {
	LISTENER_DONE,
	LISTENER_GONE,	 /* the caller is: killed, or called back by a signal */
	LISTENER_BROKEN, /* nothing more can be expected of this listener: *error */
};

/* Makes ready for a listener that is still to come. false and *error. */
bool listener_prepare(struct listener *listener, struct error *error);

/* Has both sides run on one processor (Linux 6.6), since one of them always waits. A gain, no need.
 */
void listener_wake_at_once(const struct listener *listener);

/*
 * Whether the kernel will say by POLLHUP that no process bears the filter any more: since
 * Linux 5.9. Before, to wait for it is to wait for ever.
 */
bool listener_tells_end(const struct listener *listener);

/* Reads a notification that poll(2) has told of. */
enum listener_result listener_receive(struct listener *listener, struct notification *notification,
				      struct error *error);

/* Whether the caller still waits: what was found out about its thread by its ID is true then. */
enum listener_result listener_look(struct listener *listener, uint64_t id, struct error *error);

/* Has the call fail with this errno. */
enum listener_result listener_refuse(struct listener *listener, uint64_t id, int number,
				     struct error *error);

/*
 * Has the kernel go on with the call. Before Linux 5.5 it cannot: then the call fails with ENOSYS,
 * and *number, 0 otherwise, is that.
 */
enum listener_result listener_let_pass(struct listener *listener, uint64_t id, int *number,
				       struct error *error);

#endif
