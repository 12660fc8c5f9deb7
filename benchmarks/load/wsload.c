/* Load for a WebSocket server, light enough to leave the machine to the server: one thread, epoll, loopback only.
 *
 *   wsload <server> <mode> <port> <people file> <pid,pid,…> <seconds> <bytes> [options]
 *
 * server   meydan      says hello with the token of its line, publishes through Valkey as the API does
 *          socketio    Engine.IO 4 over WebSocket, publishes with an event of its own connection
 *          centrifugo  its JSON protocol, publishes with a command of its own connection
 * mode     fanout    everybody is in one room; --burst messages at a time, the next when all have all of them
 *          direct    pairs; a message, its answer; --rate pairs a second begin anew
 *          idle      connects and waits
 *          storm     all are cut, --missed messages are sent, all come back at once with their cursors
 * people   one line a connection: "<channel> <token>"; the connections of a room share a channel
 *
 * Prints one line of JSON: what was delivered, how long it took, and the processor time and memory of each process.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Before it counts: a server may still be busy with those who left after the run before. */
static const uint64_t WARM = 3000000000u;
/* As the API's client of Valkey: a write that follows another sooner waits for others to go with it. */
static const uint64_t GATHERED_FOR = 2000000u;
/* How long those who were cut stay away: servers have noticed by then. */
static const uint64_t AWAY = 3000000000u;

enum { MOST_PROCESSES = 8, HANDSHAKE = 16384, LARGEST = 1 << 17, BUCKETS = 4096 };

typedef struct {
    int fd;
    int index;
    int stalled, busy;
    char *carry; /* the beginning of a frame whose end has not come yet */
    int carried, room;
    char channel[96], token[1024];
    char cursor[96], stream[64]; /* of the last message, and of the log or session that it counts in */
    enum { CUT, UPGRADING, GREETING, READY } state;
} Connection;

static int is_meydan, is_socketio, is_direct, is_storm, people, burst = 1, stalled, missed = 501, port, valkey_port, bytes;
static double seconds, rate = 1000;
static const char *password = "";
static Connection *connections, *publisher;
static int valkey = -1;
static int processes, pids[MOST_PROCESSES];
static uint64_t delivered, lost_connections, round_trips, latencies[BUCKETS];
static int measuring;
static unsigned published;
static uint64_t arrivals; /* of the burst that is on its way */
static int back;          /* of those who were cut */

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* -- latency: buckets a thirty-second of their value wide */

static int bucket(uint64_t value) {
    if (value < 64) return (int)value;
    int exponent = 63 - __builtin_clzll(value);
    return (exponent - 5) * 32 + (int)((value >> (exponent - 5)) & 31);
}

static double bucket_ms(int number) {
    if (number < 64) return number / 1e6;
    return (double)((uint64_t)(32 + number % 32) << (number / 32)) / 1e6;
}

static double percentile(double share) {
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < BUCKETS; i++) total += latencies[i];
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += latencies[i]) > (uint64_t)(share * (double)total)) return bucket_ms(i);
    return 0;
}

/* -- the servers' processor time and memory */

static double cpu_seconds(int pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks) fail(path);
    double total = 0;
    for (struct dirent *task; (task = readdir(tasks));) {
        if (task->d_name[0] == '.') continue;
        char file[400];
        snprintf(file, sizeof file, "%s/%s/schedstat", path, task->d_name);
        FILE *stat = fopen(file, "r");
        unsigned long long nanoseconds = 0;
        if (stat && fscanf(stat, "%llu", &nanoseconds) == 1) total += (double)nanoseconds / 1e9;
        if (stat) fclose(stat);
    }
    closedir(tasks);
    return total;
}

static double resident_mb(int pid) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *status = fopen(path, "r");
    double mb = 0;
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmRSS:", 6)) mb = atof(line + 6) / 1024;
    if (status) fclose(status);
    return mb;
}

/* -- sending */

static void send_all(int fd, const char *data, int length) {
    while (length > 0) {
        ssize_t sent = send(fd, data, (size_t)length, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            usleep(20);
            continue;
        }
        if (sent < 0) fail("send");
        data += sent;
        length -= (int)sent;
    }
}

static void send_frame(int fd, int opcode, const char *payload, int length) {
    static char frame[LARGEST];
    static const unsigned char mask[4] = {0x12, 0x7a, 0xc3, 0x55};
    int at = 0;
    frame[at++] = (char)(0x80 | opcode);
    if (length < 126) {
        frame[at++] = (char)(0x80 | length);
    } else {
        frame[at++] = (char)(0x80 | 126);
        frame[at++] = (char)(length >> 8);
        frame[at++] = (char)length;
    }
    memcpy(frame + at, mask, 4);
    at += 4;
    for (int i = 0; i < length; i++) frame[at++] = (char)(payload[i] ^ mask[i & 3]);
    send_all(fd, frame, at);
}

static int bulk(char *out, const char *part, int length) {
    int at = sprintf(out, "$%d\r\n", length);
    memcpy(out + at, part, (size_t)length);
    memcpy(out + at + length, "\r\n", 2);
    return at + length + 2;
}

static char gathered[LARGEST * 4];
static int gathered_bytes;
static uint64_t gathered_until;

static void write_gathered(uint64_t at) {
    if (!gathered_bytes || at < gathered_until) return;
    send_all(valkey, gathered, gathered_bytes);
    gathered_bytes = 0;
    gathered_until = at + GATHERED_FOR;
}

/* The very function and arguments by which the API forwards a frame. */
static void forward(const char *channel, const char *body, int length) {
    static uint64_t event;
    if (gathered_bytes + length + 1024 > (int)sizeof gathered) write_gathered(UINT64_MAX - GATHERED_FOR);
    char *command = gathered + gathered_bytes;
    char log[128], seen[160], pubsub[128], id[40];
    snprintf(log, sizeof log, "log:{%s}", channel);
    snprintf(pubsub, sizeof pubsub, "ch:{%s}", channel);
    snprintf(id, sizeof id, "%016llx-%016llx", (unsigned long long)getpid(), (unsigned long long)event++);
    snprintf(seen, sizeof seen, "seen:{%s}:%s", channel, id);
    const char *parts[] = {"FCALL", "tell", "2", log, seen, pubsub, "1000", "3600"};
    int at = sprintf(command, "*9\r\n");
    for (int i = 0; i < 8; i++) at += bulk(command + at, parts[i], (int)strlen(parts[i]));
    gathered_bytes += at + bulk(command + at, body, length);
}

/* A body of the wanted size with a marker in it: kind, number, when. */
static void publish(Connection *from, Connection *to, char kind, unsigned number, uint64_t at) {
    static char body[LARGEST], event[LARGEST + 256];
    const char *target = to ? to->channel : "room";
    int length = !is_socketio
        ? sprintf(body, "{\"t\":\"bench\",\"from\":%d,\"mark\":\"~%c%08x%016llx\",\"text\":\"", from->index, kind, number,
                  (unsigned long long)at)
        : sprintf(body, "{\"to\":\"%s\",\"from\":%d,\"mark\":\"~%c%08x%016llx\",\"text\":\"", target, from->index, kind,
                  number, (unsigned long long)at);
    while (length < bytes - 2) body[length++] = 'x';
    body[length++] = '"';
    body[length++] = '}';
    if (is_meydan) {
        forward(to ? to->channel : connections[0].channel, body, length);
    } else if (is_socketio) {
        int whole = sprintf(event, "42[\"m\",%.*s]", length, body);
        send_frame(from->fd, 1, event, whole);
    } else {
        int whole = sprintf(event, "{\"id\":9,\"publish\":{\"channel\":\"%s\",\"data\":%.*s}}", target, length, body);
        send_frame(from->fd, 1, event, whole);
    }
}

/* -- receiving */

/* The length of the whole frame at the beginning of the data, 0 when its end is missing. */
static int parse(const char *data, int length, int *opcode, const char **payload, int *size) {
    if (length < 2) return 0;
    const unsigned char *byte = (const unsigned char *)data;
    uint64_t body = byte[1] & 127;
    int head = 2;
    if (body == 126) {
        if (length < 4) return 0;
        body = (uint64_t)byte[2] << 8 | byte[3];
        head = 4;
    } else if (body == 127) {
        if (length < 10) return 0;
        body = 0;
        for (int i = 2; i < 10; i++) body = body << 8 | byte[i];
        head = 10;
    }
    if ((uint64_t)length < (uint64_t)head + body) return 0;
    *opcode = byte[0] & 15;
    *payload = data + head;
    *size = (int)body;
    return head + (int)body;
}

static void on_mark(Connection *to, const char *mark, uint64_t at) {
    char number[9] = "", when[17] = "";
    memcpy(number, mark + 2, 8);
    memcpy(when, mark + 10, 16);
    uint64_t sent = strtoull(when, NULL, 16);
    if (measuring) delivered++;
    if (!is_direct) {
        if (measuring) latencies[bucket(at - sent)]++;
        arrivals++;
        return;
    }
    if (mark[1] == 'M') { /* answer it */
        publish(to, &connections[to->index ^ 1], 'A', 0, sent);
    } else {
        if (measuring) {
            latencies[bucket(at - sent)]++;
            round_trips++;
        }
        to->busy = 0;
    }
}

/* Copies what stands between the last of these words and the next quote, comma or brace. */
static void note(char *into, size_t room, const char *payload, int size, const char *words) {
    const char *found = NULL, *end = payload + size;
    for (const char *next = payload; (next = memmem(next, (size_t)(end - next), words, strlen(words)));) found = next += strlen(words);
    size_t length = 0;
    while (found && found + length < end && length < room - 1 && !strchr("\",}", found[length])) length++;
    if (!found) return;
    memcpy(into, found, length);
    into[length] = 0;
}

static void note_cursor(Connection *of, const char *payload, int size) {
    if (is_meydan) {
        note(of->cursor, sizeof of->cursor, payload, size, "\"id\":\"");
    } else if (is_socketio) {
        note(of->stream, sizeof of->stream, payload, size, "\"pid\":\"");
        if (size > 2 && !memcmp(payload, "42", 2)) note(of->cursor, sizeof of->cursor, payload, size, "},\"");
    } else {
        note(of->stream, sizeof of->stream, payload, size, "\"epoch\":\"");
        note(of->cursor, sizeof of->cursor, payload, size, "\"offset\":");
    }
}

static void send_upgrade(Connection *one, int in_room) {
    char request[512];
    int length = is_meydan     ? snprintf(request, sizeof request, "GET /ws HTTP/1.1\r\n")
                 : is_socketio ? snprintf(request, sizeof request,
                                          "GET /socket.io/?EIO=4&transport=websocket&me=%s&room=%d HTTP/1.1\r\n",
                                          one->channel, in_room)
                               : snprintf(request, sizeof request, "GET /connection/websocket HTTP/1.1\r\n");
    length += snprintf(request + length, sizeof request - (size_t)length,
                       "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    send_all(one->fd, request, length);
}

/* With the cursor of one that was cut. */
static void send_hello(Connection *one, const char *room) {
    char hello[1400];
    int length, knows = one->cursor[0] != 0;
    if (is_meydan)
        length = knows ? snprintf(hello, sizeof hello, "{\"t\":\"hello\",\"token\":\"%s\",\"since\":\"%s\"}", one->token, one->cursor)
                       : snprintf(hello, sizeof hello, "{\"t\":\"hello\",\"token\":\"%s\",\"since\":null}", one->token);
    else if (is_socketio)
        length = knows ? snprintf(hello, sizeof hello, "40{\"pid\":\"%s\",\"offset\":\"%s\"}", one->stream, one->cursor)
                       : snprintf(hello, sizeof hello, "40");
    else
        length = snprintf(hello, sizeof hello,
                          "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"%s\"", room ? room : one->channel);
    if (!is_meydan && !is_socketio)
        length += knows ? snprintf(hello + length, sizeof hello - (size_t)length,
                                   ",\"recover\":true,\"epoch\":\"%s\",\"offset\":%s}}", one->stream, one->cursor)
                        : snprintf(hello + length, sizeof hello - (size_t)length, "}}");
    send_frame(one->fd, 1, hello, length);
}

static const char *greeting(void) { return is_meydan ? "\"ready\"" : is_socketio ? "40{" : "\"id\":2"; }

/* The bytes of the answer to the upgrade, 0 while its end is missing. */
static int upgraded(Connection *one, const char *data, int length) {
    const char *end = memmem(data, (size_t)length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (strncmp(data, "HTTP/1.1 101", 12)) {
        fprintf(stderr, "refused: %.300s\n", data);
        exit(1);
    }
    one->state = GREETING;
    if (!is_socketio) send_hello(one, NULL);
    return (int)(end + 4 - data);
}

static void on_greeting(Connection *one, const char *payload, int size) {
    if (is_socketio && size > 1 && !memcmp(payload, "0{", 2)) {
        send_hello(one, NULL);
    } else if (memmem(payload, (size_t)size, greeting(), strlen(greeting()))) {
        one->state = READY;
        back++;
    }
}

static void on_frame(Connection *to, int opcode, const char *payload, int size, uint64_t at) {
    if (opcode == 9) send_frame(to->fd, 10, payload, size);
    if (opcode != 1) return;
    if (is_socketio && size == 1 && payload[0] == '2') send_frame(to->fd, 1, "3", 1);
    if (!is_meydan && !is_socketio && size == 2) send_frame(to->fd, 1, "{}", 2);
    if (is_storm) note_cursor(to, payload, size);
    if (to->state == GREETING) on_greeting(to, payload, size);
    const char *end = payload + size;
    for (const char *mark = payload; (mark = memchr(mark, '~', (size_t)(end - mark))); mark++) on_mark(to, mark, at);
}

static void on_readable(Connection *from, uint64_t at) {
    static char data[LARGEST * 2];
    if (from->carried) memcpy(data, from->carry, (size_t)from->carried);
    ssize_t got = recv(from->fd, data + from->carried, sizeof data - (size_t)from->carried, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        lost_connections++;
        close(from->fd);
        return;
    }
    int length = from->carried + (int)got, used = 0, opcode, size, whole;
    const char *payload;
    if (from->state == UPGRADING) used = upgraded(from, data, length);
    while (from->state != UPGRADING && (whole = parse(data + used, length - used, &opcode, &payload, &size))) {
        on_frame(from, opcode, payload, size, at);
        used += whole;
    }
    from->carried = length - used;
    if (from->carried > from->room) from->carry = realloc(from->carry, (size_t)(from->room = from->carried + 1024));
    if (from->carried) memcpy(from->carry, data + used, (size_t)from->carried);
}

/* -- connecting, one after the other, blocking */

static int dial(int to_port, int small) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, little = 4096;
    if (small) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    struct timeval patience = {20, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)to_port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void read_more(Connection *from) {
    ssize_t got = recv(from->fd, from->carry + from->carried, (size_t)(HANDSHAKE - from->carried - 1), 0);
    if (got <= 0) fail("handshake");
    from->carried += (int)got;
    from->carry[from->carried] = 0;
}

static void take(Connection *from, int length) {
    from->carried -= length;
    memmove(from->carry, from->carry + length, (size_t)from->carried);
    from->carry[from->carried] = 0;
}

/* Frames until one that holds the text. */
static void await_text(Connection *from, const char *text) {
    for (;;) {
        int opcode, size, whole;
        const char *payload;
        while (!(whole = parse(from->carry, from->carried, &opcode, &payload, &size))) read_more(from);
        int found = memmem(payload, (size_t)size, text, strlen(text)) != NULL;
        if (opcode == 8) {
            fprintf(stderr, "closed while connecting: %.*s\n", size - 2, payload + 2);
            exit(1);
        }
        if (found) note_cursor(from, payload, size);
        take(from, whole);
        if (found) return;
    }
}

static void open_connection(Connection *one, int in_room) {
    one->fd = dial(port, one->stalled);
    one->room = HANDSHAKE;
    one->carry = malloc(HANDSHAKE);
    send_upgrade(one, in_room);
    char *end;
    do read_more(one);
    while (!(end = strstr(one->carry, "\r\n\r\n")));
    if (strncmp(one->carry, "HTTP/1.1 101", 12)) {
        fprintf(stderr, "refused: %.300s\n", one->carry);
        exit(1);
    }
    take(one, (int)(end + 4 - one->carry));
    if (is_socketio) await_text(one, "0{");
    send_hello(one, in_room ? "room" : NULL);
    await_text(one, greeting());
    fcntl(one->fd, F_SETFL, O_NONBLOCK);
    one->state = READY;
}

static void open_valkey(void) {
    char login[256];
    valkey = dial(valkey_port, 0);
    int length = snprintf(login, sizeof login, "*2\r\n$4\r\nAUTH\r\n$%zu\r\n%s\r\n", strlen(password), password);
    send_all(valkey, login, length);
    ssize_t got = recv(valkey, login, sizeof login, 0);
    if (got < 3 || strncmp(login, "+OK", 3)) fail("Valkey");
    fcntl(valkey, F_SETFL, O_NONBLOCK);
}

static void read_people(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    int room = 1024;
    connections = calloc((size_t)room, sizeof *connections);
    while (fscanf(file, "%95s %1023s", connections[people].channel, connections[people].token) == 2) {
        connections[people].index = people;
        if (++people == room) {
            connections = realloc(connections, (size_t)(room *= 2) * sizeof *connections);
            memset(connections + people, 0, (size_t)(room - people) * sizeof *connections);
        }
    }
    fclose(file);
    publisher = &connections[people];
    publisher->index = people;
    strcpy(publisher->channel, "publisher");
}

/* -- the runs */

static void wait_for_events(int poll, double milliseconds) {
    struct epoll_event events[512];
    uint64_t since = now();
    write_gathered(since);
    double soon = (double)(gathered_until - since) / 1e6;
    if (gathered_bytes && soon < milliseconds) milliseconds = soon;
    struct timespec pause = {0, (long)(milliseconds * 1e6)};
    int ready = epoll_pwait2(poll, events, 512, &pause, NULL);
    uint64_t at = now();
    for (int i = 0; i < ready; i++) {
        if (events[i].data.ptr) {
            on_readable(events[i].data.ptr, at);
        } else { /* Valkey's answers: ids that nobody needs */
            static char answers[1 << 16];
            ssize_t got;
            while ((got = recv(valkey, answers, sizeof answers, 0)) > 0)
                if (memchr(answers, '-', 1)) {
                    fprintf(stderr, "Valkey: %.*s\n", (int)got, answers);
                    exit(1);
                }
        }
    }
}

static void watch(int poll, int fd, Connection *whose) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = whose};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static void push_on(uint64_t *next_pair, int *pair) {
    if (!is_direct) {
        if (arrivals < (uint64_t)burst * (uint64_t)(people - stalled)) return;
        arrivals = 0;
        for (int i = 0; i < burst; i++) publish(publisher, NULL, 'M', published++, now());
        return;
    }
    for (uint64_t at = now(); *next_pair <= at; *next_pair += (uint64_t)(1e9 / rate)) {
        Connection *asks = &connections[*pair];
        *pair = (*pair + 2) % (people & ~1);
        if (asks->busy) continue;
        asks->busy = 1;
        publish(asks, &connections[asks->index ^ 1], 'M', 0, now());
    }
}

static void wait_while(int poll, uint64_t until, uint64_t wanted, int wanted_back) {
    while (now() < until && (arrivals < wanted || back < wanted_back)) wait_for_events(poll, 1);
}

/* Milliseconds from the first who comes back until all are back and have all, 0 if that never came. */
static double storm(int poll, double *cpu) {
    for (int i = 0; i < people; i++) {
        publish(publisher, &connections[i], 'M', 0, now());
        if (i % 50 == 0) wait_for_events(poll, 0);
    }
    wait_while(poll, now() + 20000000000u, (uint64_t)people, 0);
    arrivals = 0;
    for (int i = 0; i < people; i++) {
        close(connections[i].fd);
        connections[i].state = CUT;
        connections[i].carried = 0;
    }
    uint64_t cut = now();
    wait_while(poll, cut + AWAY / 2, UINT64_MAX, 0);
    for (int i = 0; i < missed; i++) publish(publisher, &connections[i % people], 'M', 0, now());
    wait_while(poll, cut + AWAY, UINT64_MAX, 0);

    for (int i = 0; i < processes; i++) cpu[i] = cpu_seconds(pids[i]);
    uint64_t start = now();
    for (int i = 0; i < people; i++) {
        connections[i].fd = dial(port, 0);
        send_upgrade(&connections[i], 0);
        fcntl(connections[i].fd, F_SETFL, O_NONBLOCK);
        connections[i].state = UPGRADING;
        watch(poll, connections[i].fd, &connections[i]);
        if (i % 20 == 0) wait_for_events(poll, 0);
    }
    wait_while(poll, start + 20000000000u, (uint64_t)missed, people);
    uint64_t end = now();
    delivered = arrivals;
    wait_while(poll, end + 1000000000u, UINT64_MAX, 0); /* what was put off is counted too */
    return back == people && arrivals >= (uint64_t)missed ? (double)(end - start) / 1e6 : 0;
}

int main(int count, char **words) {
    if (count < 8) {
        fprintf(stderr, "see the beginning of wsload.c\n");
        return 2;
    }
    is_meydan = !strcmp(words[1], "meydan");
    is_socketio = !strcmp(words[1], "socketio");
    is_direct = !strcmp(words[2], "direct");
    is_storm = !strcmp(words[2], "storm");
    int is_idle = !strcmp(words[2], "idle");
    port = atoi(words[3]);
    for (char *pid = strtok(words[5], ","); pid && processes < MOST_PROCESSES; pid = strtok(NULL, ","))
        pids[processes++] = atoi(pid);
    seconds = atof(words[6]);
    bytes = atoi(words[7]);
    for (int i = 8; i + 1 < count; i += 2) {
        if (!strcmp(words[i], "--burst")) burst = atoi(words[i + 1]);
        if (!strcmp(words[i], "--rate")) rate = atof(words[i + 1]);
        if (!strcmp(words[i], "--missed")) missed = atoi(words[i + 1]);
        if (!strcmp(words[i], "--stalled")) stalled = atoi(words[i + 1]);
        if (!strcmp(words[i], "--valkey")) valkey_port = atoi(words[i + 1]);
        if (!strcmp(words[i], "--password")) password = words[i + 1];
    }
    struct rlimit files = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &files);
    read_people(words[4]);

    double empty[MOST_PROCESSES], before[MOST_PROCESSES], cpu[MOST_PROCESSES], most[MOST_PROCESSES] = {0};
    for (int i = 0; i < processes; i++) empty[i] = resident_mb(pids[i]);
    int poll = epoll_create1(0);
    if (is_meydan) {
        open_valkey();
        watch(poll, valkey, NULL);
    } else if (!is_idle && !is_direct) {
        open_connection(publisher, 0);
        watch(poll, publisher->fd, publisher);
    }
    for (int i = 0; i < people; i++) {
        connections[i].stalled = i >= people - stalled;
        open_connection(&connections[i], !is_direct && !is_storm);
        if (!connections[i].stalled) watch(poll, connections[i].fd, &connections[i]);
    }
    if (is_idle) sleep((unsigned)seconds);

    for (int i = 0; i < processes; i++) before[i] = resident_mb(pids[i]);
    uint64_t start = now(), from = start + WARM, until = from + (uint64_t)(seconds * 1e9), looked = start;
    uint64_t next_pair = start;
    unsigned published_before = 0;
    int pair = 0;
    arrivals = is_storm ? 0 : (uint64_t)burst * (uint64_t)people; /* so that the first burst leaves */
    double storm_ms = is_storm ? storm(poll, cpu) : 0;
    while (!is_idle && !is_storm) {
        uint64_t at = now();
        if (!measuring && at >= from) {
            measuring = 1;
            published_before = published;
            for (int i = 0; i < processes; i++) cpu[i] = cpu_seconds(pids[i]);
        }
        if (at >= until) break;
        if (at - looked > 50000000u) {
            looked = at;
            for (int i = 0; i < processes; i++) {
                double mb = resident_mb(pids[i]);
                if (mb > most[i]) most[i] = mb;
            }
        }
        push_on(&next_pair, &pair);
        wait_for_events(poll, is_direct ? 0.5 : 5);
    }
    printf("{\"connections\": %d, \"delivered\": %llu, \"published\": %u, \"round_trips\": %llu, \"lost_connections\": %llu, ",
           people, (unsigned long long)delivered, published - published_before, (unsigned long long)round_trips,
           (unsigned long long)lost_connections);
    printf("\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"storm_ms\": %.1f, \"processes\": [", percentile(0.5), percentile(0.99),
           storm_ms);
    for (int i = 0; i < processes; i++)
        printf("%s{\"cpu_s\": %.4f, \"empty_mb\": %.1f, \"connected_mb\": %.1f, \"most_mb\": %.1f}", i ? ", " : "",
               is_idle ? 0 : cpu_seconds(pids[i]) - cpu[i], empty[i], before[i], most[i]);
    printf("]}\n");
    return 0;
}
