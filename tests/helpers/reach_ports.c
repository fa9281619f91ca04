/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reach: operations on TCP; the arguments are a port and what kind of loopback address. */
#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct place {
	int family; /* of a socket for it */
	socklen_t length;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
};

static struct place place_v4(uint16_t port)
{
	struct place place = { .family = AF_INET, .length = sizeof place.address.v4 };

	place.address.v4.sin_family = AF_INET;
	place.address.v4.sin_port = htons(port);
	place.address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return place;
}

static struct place place_v6(uint16_t port)
{
	struct place place = { .family = AF_INET6, .length = sizeof place.address.v6 };

	place.address.v6.sin6_family = AF_INET6;
	place.address.v6.sin6_port = htons(port);
	place.address.v6.sin6_addr = in6addr_loopback;
	return place;
}

/*
 * "mapped" is ::ffff:127.0.0.1, an address of IPv4 by a socket of IPv6; "none" an address without a
 * family, by which connect(2) undoes, and bind(2) takes for IPv4 (net/ipv4/af_inet.c).
 */
static struct place place_of(char **word)
{
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 };
	uint16_t port = (uint16_t)atoi(word[0]);
	struct place place;

	if (strcmp(word[1], "4") == 0)
		return place_v4(port);
	place = place_v6(port);
	if (strcmp(word[1], "mapped") == 0)
		memcpy(&place.address.v6.sin6_addr, mapped, sizeof mapped);
	if (strcmp(word[1], "none") == 0) {
		place = place_v4(port);
		place.address.v4.sin_family = AF_UNSPEC;
		place.address.v4.sin_addr.s_addr = 0;
	}
	return place;
}

static int stream(const struct place *place)
{
	return socket(place->family, SOCK_STREAM, 0);
}

static long to(int fd, const struct place *place)
{
	return connect(fd, &place->address.any, place->length);
}

/* ---- connecting ---- */

static long connect_new(char **word)
{
	struct place place = place_of(word);

	return to(stream(&place), &place);
}

static long connect_undone(char **word)
{
	struct place place = place_of(word), none = place_of((char *[]){ word[0], (char *)"none" });
	int fd = stream(&place);

	to(fd, &none);
	return to(fd, &place);
}

static long connect_inherited(char **word)
{
	struct place place = place_of(word);

	return to(STAGE_TCP, &place);
}

static long send_inherited(char **word)
{
	struct place place = place_of(word);

	return sendto(STAGE_UDP, "t", 1, 0, &place.address.any, place.length);
}

/* ---- connecting by sending ---- */

static long send_to(char **word)
{
	struct place place = place_of(word);

	return sendto(stream(&place), "t", 1, MSG_FASTOPEN, &place.address.any, place.length);
}

static long send_messages(char **word, bool many)
{
	struct place place = place_of(word);
	struct iovec text = { (char[]){ "t" }, 1 };
	struct mmsghdr message = { .msg_hdr = { .msg_name = &place.address,
						.msg_namelen = place.length,
						.msg_iov = &text,
						.msg_iovlen = 1 } };

	return many ? sendmmsg(stream(&place), &message, 1, MSG_FASTOPEN)
		    : sendmsg(stream(&place), &message.msg_hdr, MSG_FASTOPEN);
}

static long send_message(char **word)
{
	return send_messages(word, false);
}

static long send_many(char **word)
{
	return send_messages(word, true);
}

/* connect(2) then only notes the address, and the first write connects. */
static long write_first(char **word)
{
	struct place place = place_of(word);
	int fd = stream(&place), yes = 1;

	if (setsockopt(fd, IPPROTO_TCP, 30 /* TCP_FASTOPEN_CONNECT */, &yes, sizeof yes) < 0)
		return -1;
	return to(fd, &place) < 0 ? -1 : write(fd, "t", 1);
}

/* Makes a socket of SMC of it; ENOENT where the kernel has no SMC. */
static long become_smc(char **word)
{
	struct place place = place_of(word);

	return setsockopt(stream(&place), IPPROTO_TCP, TCP_ULP, "smc", 3);
}

/* By a rule of the kernel's tables, of which one that is empty is none. */
static long redirect(char **word)
{
	struct place place = place_of(word);
	char none[96] = { 0 };

	return setsockopt(stream(&place), place.family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
			  64 /* IPT_SO_SET_REPLACE */, none, sizeof none);
}

static void fill_connect(struct io_uring_sqe *sqe, const void *place)
{
	sqe->opcode = IORING_OP_CONNECT;
	sqe->fd = stream(place);
	sqe->addr = (uintptr_t) & ((const struct place *)place)->address;
	sqe->off = ((const struct place *)place)->length;
}

static long ring_connect(char **word)
{
	struct place place = place_of(word);

	return ring(fill_connect, &place);
}

static void fill_socket(struct io_uring_sqe *sqe, const void *none)
{
	(void)none;
	sqe->opcode = 45; /* IORING_OP_SOCKET, Linux 5.19 */
	sqe->fd = AF_INET;
	sqe->off = SOCK_DGRAM;
}

static long ring_socket(char **word)
{
	(void)word;
	return ring(fill_socket, NULL);
}

/* ---- binding, and listening ---- */

static long bind_new(char **word)
{
	struct place place = place_of(word);
	int fd = stream(&place), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	return bind(fd, &place.address.any, place.length) < 0 ? -1 : fd;
}

static long listen_bound(char **word)
{
	long fd = bind_new(word);

	return fd < 0 ? -1 : listen((int)fd, 1);
}

static long listen_unbound(char **word)
{
	struct place place = place_of(word);

	return listen(stream(&place), 1);
}

const struct operation port_operations[] = {
	{ "connect", connect_new },
	{ "connect-undone", connect_undone },
	{ "connect-inherited", connect_inherited },
	{ "send-inherited", send_inherited },
	{ "sendto", send_to },
	{ "sendmsg", send_message },
	{ "sendmmsg", send_many },
	{ "write", write_first },
	{ "become-smc", become_smc },
	{ "redirect", redirect },
	{ "ring-connect", ring_connect },
	{ "ring-socket", ring_socket },
	{ "bind", bind_new },
	{ "listen", listen_bound },
	{ "listen-unbound", listen_unbound },
	{ NULL, NULL },
};
