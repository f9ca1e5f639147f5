/*===-- rpc_port_host.c - The server's line on a host: TCP or a terminal ---===
 *
 * Part of the stm32-mlir project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 *   server          listens on a free TCP port of this machine
 *   server --pty    makes a pseudo terminal
 *
 * The first line that it prints is what --on serial: takes. With TCP, a client
 * that goes makes place for the next one.
 */
#define _DEFAULT_SOURCE /* POSIX and TCP beside C11 */
#define _XOPEN_SOURCE 700

#include "rpc_port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int listener = -1, line = -1;

static int32_t read_line(void *user, void *data, uint32_t size) {
  (void)user;
  const ssize_t got = read(line, data, size);
  return got > 0 ? (int32_t)got : -1;
}

static int32_t write_line(void *user, const void *data, uint32_t size) {
  const char *from = (const char *)data;
  (void)user;
  while (size != 0) {
    const ssize_t done = write(line, from, size);
    if (done <= 0)
      return -1;
    from += done;
    size -= (uint32_t)done;
  }
  return 0;
}

/* Microseconds. */
static uint32_t read_clock(void *user) {
  struct timespec now;
  (void)user;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000000u +
                    (uint64_t)now.tv_nsec / 1000u);
}

static const stm32rt_rpc_port host_port = {read_line, write_line, read_clock,
                                           1000000u, NULL};

static int open_terminal(void) {
  struct termios settings;
  line = posix_openpt(O_RDWR | O_NOCTTY);
  if (line < 0 || grantpt(line) != 0 || unlockpt(line) != 0)
    return -1;
  /* As long as somebody has the other end open, reading here is no error. */
  const char *name = ptsname(line);
  const int other = name != NULL ? open(name, O_RDWR | O_NOCTTY) : -1;
  if (other < 0 || tcgetattr(other, &settings) != 0)
    return -1;
  settings.c_iflag = settings.c_oflag = settings.c_lflag = 0;
  settings.c_cflag |= CS8 | CREAD | CLOCAL;
  if (tcsetattr(other, TCSANOW, &settings) != 0)
    return -1;
  printf("%s\n", name);
  return 0;
}

static int open_listener(void) {
  struct sockaddr_in address;
  union {
    struct sockaddr_in *in;
    struct sockaddr *any;
  } at = {&address};
  socklen_t size = sizeof address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, at.any, size) != 0 ||
      listen(listener, 1) != 0 || getsockname(listener, at.any, &size) != 0)
    return -1;
  printf("socket://127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
  return 0;
}

int rpc_port_open(int argc, char **argv, const stm32rt_rpc_port **port) {
  const int is_terminal = argc == 2 && strcmp(argv[1], "--pty") == 0;
  if (argc != 1 && !is_terminal) {
    fputs("usage: server [--pty]\n", stderr);
    return -1;
  }
  *port = &host_port;
  /* A client that goes is an error of write, not the end. */
  (void)signal(SIGPIPE, SIG_IGN);
  if ((is_terminal ? open_terminal() : open_listener()) != 0) {
    perror("server");
    return -1;
  }
  (void)fflush(stdout);
  return is_terminal || rpc_port_reopen() ? 0 : -1;
}

int rpc_port_reopen(void) {
  if (line >= 0)
    (void)close(line);
  line = listener >= 0 ? accept(listener, NULL, NULL) : -1;
  /* Answers are short, and waited for. */
  const int on = 1;
  if (line >= 0 && listener >= 0)
    (void)setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return line >= 0;
}
