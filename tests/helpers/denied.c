/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * denied: a target that misbehaves under supervision, and says what it got.
 *
 *   flood N        socket(AF_INET) N times; prints how often which errno came, and ns per call
 *   vary N         the same with N different protocol numbers
 *   switches N     a byte to another process and back N times; prints ns each
 *   allowed N      getppid N times; prints ns per call
 *   procs N M      N processes at once, each M times; prints how many calls failed as they should
 *   threads N M    the same with threads
 *   thread-kill    a thread forks by fork(2), while the first one waits: both must die
 *   childkill      has a child kill its parent, then call
 *   stop           stops its parent, calls from a child, and looks whether that came back; then
 *                  continues it
 *   pending        stops its parent, has a child call, kills the child, continues the parent, calls
 *   trace          tries to get at its parent by ptrace, process_vm_writev and /proc/PID/mem
 *   session        goes into a session of its own, then calls
 *   trap [block]   catches SIGSYS, calls, prints what the handler saw; with it blocked
 *   forge          a name and a path full of control characters
 *   forge long     an argument vector that does not fit into a line
 *   fds            lists its open descriptors
 *   fds FILE       writes them to FILE
 *   linger MS      leaves a child behind that calls after MS milliseconds, prints and ends
 *   lingerpipe MS  leaves a child behind that closes its streams and sleeps
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DENIED EAFNOSUPPORT

static int call(int protocol)
{
	int fd = socket(AF_INET, SOCK_STREAM, protocol);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static const char *name(int number)
{
	switch (number) {
	case 0: return "ok";
	case EAFNOSUPPORT: return "EAFNOSUPPORT";
	case ENOSYS: return "ENOSYS";
	case EPERM: return "EPERM";
	case EACCES: return "EACCES";
	case ESRCH: return "ESRCH";
	default: return strerror(number);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static int flood(long n, int vary)
{
	long as_it_should = 0;
	double start = now();

	for (long i = 0; i < n; i++)
		as_it_should += call(vary ? (int)i : 0) == DENIED;
	printf("%ld denied, %.0f ns each\n", as_it_should, (now() - start) / (double)n);
	return 0;
}

static int allowed(long n)
{
	double start = now();

	for (long i = 0; i < n; i++)
		syscall(SYS_getppid);
	printf("%.1f ns each\n", (now() - start) / (double)n);
	return 0;
}

/* Two processes that wait for each other, as a caller and its supervisor do. */
static int switches(long n)
{
	int to[2], from[2];
	char byte = 0;
	double start;

	if (pipe(to) < 0 || pipe(from) < 0)
		return 1;
	if (fork() == 0) {
		close(to[1]);
		while (read(to[0], &byte, 1) == 1)
			if (write(from[1], &byte, 1) != 1)
				break;
		_exit(0);
	}
	start = now();
	for (long i = 0; i < n; i++)
		if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
			return 1;
	printf("%.0f ns each\n", (now() - start) / (double)n);
	return 0;
}

static long times(long m)
{
	long count = 0;

	for (long i = 0; i < m; i++)
		count += call(0) == DENIED;
	return count;
}

static int procs(long n, long m)
{
	long total = 0, one;
	int fds[2];

	if (pipe(fds) < 0)
		return 1;
	for (long i = 0; i < n; i++)
		if (fork() == 0) {
			one = times(m);
			_exit(write(fds[1], &one, sizeof one) != sizeof one);
		}
	close(fds[1]);
	while (read(fds[0], &one, sizeof one) == sizeof one)
		total += one;
	while (wait(NULL) > 0)
		;
	printf("%ld denied\n", total);
	return 0;
}

static void *thread(void *argument)
{
	return (void *)times(*(long *)argument);
}

static int threads(long n, long m)
{
	pthread_t ids[256];
	long total = 0;
	void *one;

	for (long i = 0; i < n; i++)
		if (pthread_create(&ids[i], NULL, thread, &m) != 0)
			return 1;
	for (long i = 0; i < n; i++) {
		pthread_join(ids[i], &one);
		total += (long)one;
	}
	printf("%ld denied\n", total);
	return 0;
}

#ifdef SYS_fork
#define FORK() syscall(SYS_fork)
#else
#define FORK() syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)
#endif

static void *forking_thread(void *unused)
{
	(void)unused;
	FORK();
	puts("the thread lives on");
	fflush(stdout);
	return NULL;
}

static int thread_kill(void)
{
	pthread_t id;

	pthread_create(&id, NULL, forking_thread, NULL);
	nap(1500);
	puts("the process lives on");
	return 0;
}

static int child_kills_parent(void)
{
	pid_t parent = getppid();

	if (fork() != 0)
		return waitpid(-1, NULL, 0) < 0;
	if (kill(parent, SIGKILL) < 0)
		return 1;
	while (kill(parent, 0) == 0)
		nap(5);
	puts(name(call(0)));
	return 0;
}

static pid_t calling_child(int *fd)
{
	int fds[2];
	pid_t child;

	if (pipe(fds) < 0)
		exit(1);
	child = fork();
	if (child == 0) {
		int number = call(7);

		_exit(write(fds[1], &number, sizeof number) != sizeof number);
	}
	close(fds[1]);
	*fd = fds[0];
	return child;
}

static int stop_parent(void)
{
	pid_t child;
	int fd, number = -1;

	kill(getppid(), SIGSTOP);
	nap(100);
	child = calling_child(&fd);
	nap(300);
	puts(waitpid(child, NULL, WNOHANG) == 0 ? "waits" : "came back");
	kill(getppid(), SIGCONT);
	if (read(fd, &number, sizeof number) != sizeof number)
		return 1;
	puts(name(number));
	return 0;
}

static int pending(void)
{
	pid_t child;
	int fd;

	kill(getppid(), SIGSTOP);
	nap(100);
	child = calling_child(&fd);
	nap(200);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	kill(getppid(), SIGCONT);
	puts(name(call(0)));
	return 0;
}

static int trace(void)
{
	pid_t parent = getppid();
	char byte = 0, path[64];
	struct iovec local = { &byte, 1 }, remote = { &byte, 1 };

	errno = 0;
	ptrace(PTRACE_ATTACH, parent, 0, 0);
	puts(name(errno));
	errno = 0;
	process_vm_writev(parent, &local, 1, &remote, 1, 0);
	puts(name(errno));
	snprintf(path, sizeof path, "/proc/%d/mem", parent);
	errno = 0;
	open(path, O_RDWR | O_CLOEXEC);
	puts(name(errno));
	snprintf(path, sizeof path, "/proc/%d/fd", parent);
	errno = 0;
	opendir(path);
	puts(name(errno));
	puts(name(call(0)));
	return 0;
}

static void on_sigsys(int signal, siginfo_t *info, void *context)
{
	char text[80];
	int size = snprintf(text, sizeof text, "caught %d syscall %d\n", signal, info->si_syscall);

	(void)context;
	if (write(1, text, (size_t)size) < 0)
		_exit(1);
}

static int trap(int block)
{
	struct sigaction action = { .sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO };
	sigset_t set;
	long result;

	sigaction(SIGSYS, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	if (block)
		sigprocmask(SIG_BLOCK, &set, NULL);
	result = FORK();
	printf("%s\n", result < 0 ? name(errno) : "let through");
	return 0;
}

static int forge(int is_long)
{
	static char path[] = "a\n{\"event\":\"end\"}\n\033[2Jgyve: all is well \"\\";
	static char text[] = "; to allow: all is well; to allow: all is well; to allow: all is "
			     "well; to allow: all is well; to allow: all is well; to allow: all "
			     "is well; to allow: all is well; to allow: all is well\\";
	char *argv[] = { path, NULL, text, text, text, text, NULL };

	if (is_long)
		argv[1] = text;

	prctl(PR_SET_NAME, "x\ngyve: \033[31m", 0, 0, 0);
	execv(path, argv);
	return 0;
}

static int fds(const char *file)
{
	int list[256], count = 0;
	FILE *out = stdout;

	for (int fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			list[count++] = fd;
	if (file)
		out = fopen(file, "w");
	for (int i = 0; i < count && out; i++)
		fprintf(out, "%d ", list[i]);
	return !out || fputs("\n", out) < 0 || fflush(out) != 0;
}

static int linger(long ms, int quiet)
{
	if (fork() != 0)
		return 3;
	if (quiet)
		for (int fd = 0; fd < 3; fd++)
			close(fd);
	nap(ms);
	if (!quiet)
		puts(name(call(0)));
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long n = argc > 2 ? atol(argv[2]) : 0, m = argc > 3 ? atol(argv[3]) : 0;

	if (strcmp(what, "flood") == 0)
		return flood(n, 0);
	if (strcmp(what, "vary") == 0)
		return flood(n, 1);
	if (strcmp(what, "allowed") == 0)
		return allowed(n);
	if (strcmp(what, "switches") == 0)
		return switches(n);
	if (strcmp(what, "procs") == 0)
		return procs(n, m);
	if (strcmp(what, "threads") == 0)
		return threads(n > 256 ? 256 : n, m);
	if (strcmp(what, "thread-kill") == 0)
		return thread_kill();
	if (strcmp(what, "childkill") == 0)
		return child_kills_parent();
	if (strcmp(what, "stop") == 0)
		return stop_parent();
	if (strcmp(what, "pending") == 0)
		return pending();
	if (strcmp(what, "trace") == 0)
		return trace();
	if (strcmp(what, "session") == 0)
		return setsid() < 0 || (puts(name(call(0))), 0);
	if (strcmp(what, "trap") == 0)
		return trap(argc > 2);
	if (strcmp(what, "forge") == 0)
		return forge(argc > 2);
	if (strcmp(what, "fds") == 0)
		return fds(argc > 2 ? argv[2] : NULL);
	if (strcmp(what, "linger") == 0)
		return linger(n, 0);
	if (strcmp(what, "lingerpipe") == 0)
		return linger(n, 1);
	fprintf(stderr, "denied: what?\n");
	return 2;
}
