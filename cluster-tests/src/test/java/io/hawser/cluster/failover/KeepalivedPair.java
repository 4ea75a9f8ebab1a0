package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.Nginx;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.Tool;
import io.hawser.cluster.lab.ArpAsker;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two hosts with HAProxy, and keepalived that moves the address between them. */
final class KeepalivedPair implements Contestant {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern STATE = Pattern.compile("\\(web\\) [Ee]ntering (\\w+) (?i:state)");

    private final Testbed bed;
    private final Timing timing;
    private final Lab lab;
    private final Host client;
    private final Map<Host, Path> directories = new LinkedHashMap<>();
    private final Map<Host, OsProcess> proxies = new LinkedHashMap<>();
    private final Map<Host, OsProcess> keepers = new LinkedHashMap<>();
    private final Nginx server;

    /** What of keepalived's configuration is about time. */
    enum Timing {
        /** What is in force where nothing is written, but for the check of HAProxy, which has no default at all. */
        DEFAULT(
                "keepalived",
                "",
                """
                vrrp_script haproxy {
                  script "%1$s/check"
                }
                """,
                "advert_int 1",
                "track_script"),
        /**
         * As fast as is sensible: an advertisement ten times a second. The death of HAProxy is known at once; on a host
         * {@code track_process} sees to that, by a part of the kernel that network namespaces lack, so the shell that
         * started HAProxy tells it here.
         */
        FAST(
                "keepalived-fast",
                "vrrp_version 3",
                """
                vrrp_track_file haproxy {
                  file %1$s/state
                }
                """,
                "advert_int 0.1",
                "track_file");

        private final String id;
        private final String global;
        private final String check;
        private final String interval;
        private final String track;

        Timing(String id, String global, String check, String interval, String track) {
            this.id = id;
            this.global = global;
            this.check = check;
            this.interval = interval;
            this.track = track;
        }
    }

    KeepalivedPair(Testbed bed, Timing timing) throws Exception {
        this.bed = bed;
        this.timing = timing;
        this.lab = bed.closing(Lab.create());
        Host first = lab.host("lb1");
        Host second = lab.host("lb2");
        this.client = lab.host("client");
        Host web = lab.host("web");
        var unused = bed.closing(ArpAsker.on(lab.host("asker"), VIP, ASK_EVERY));
        this.server = bed.nginx("b1", web, web.address());
        for (Host host : List.of(first, second)) {
            directories.put(host, bed.directory(id() + "-" + host));
            write(host, host.equals(first) ? 100 : 90);
            startProxy(host);
            startKeeper(host);
        }
        await("one is master, and the other stands by").atMost(PATIENCE).until(this::isWhole);
    }

    private void write(Host host, int priority) throws IOException {
        Path directory = directory(host);
        Files.writeString(
                directory.resolve("haproxy.cfg"),
                """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 1m
                  timeout server 1m
                frontend https
                  bind :%d
                  default_backend web
                backend web
                  server b1 %s:%d
                """
                        .formatted(
                                VipCluster.PORT,
                                server.address().getAddress().getHostAddress(),
                                server.address().getPort()));
        // All hosts of the lab see one another's processes: not by name.
        Files.writeString(
                directory.resolve("check"),
                """
                #!/bin/sh
                kill -0 "$(cat %s/haproxy.pid)"
                """
                        .formatted(directory));
        assertThat(directory.resolve("check").toFile().setExecutable(true)).isTrue();
        Files.writeString(
                directory.resolve("keepalived.conf"),
                """
                global_defs {
                  script_user root
                  %s
                }
                %s
                vrrp_instance web {
                  state BACKUP
                  nopreempt
                  interface eth0
                  virtual_router_id 51
                  priority %d
                  %s
                  virtual_ipaddress {
                    %s/32 dev eth0
                  }
                  %s {
                    haproxy
                  }
                }
                """
                        .formatted(
                                timing.global,
                                timing.check.formatted(directory),
                                priority,
                                timing.interval,
                                VIP,
                                timing.track));
    }

    /** By a shell that says when it is dead: -254 has keepalived take its host for faulty. */
    private void startProxy(Host host) throws IOException {
        Path directory = directory(host);
        Files.writeString(directory.resolve("state"), "0");
        String script =
                "setpriv --pdeathsig KILL %s -db -f haproxy.cfg & echo $! > haproxy.pid; wait; echo -254 > state";
        proxies.put(
                host,
                host.start(
                        "haproxy",
                        List.of(Tool.SH.path(), "-c", script.formatted(Tool.HAPROXY.path())),
                        directory,
                        Map.of()));
        await("HAProxy listens").atMost(PATIENCE).until(() -> host.run("cat", "/proc/net/tcp", "/proc/net/tcp6")
                .contains(String.format(":%04X ", VipCluster.PORT)));
    }

    private void startKeeper(Host host) throws IOException {
        Path directory = directory(host);
        // A killed one leaves them, and the next would take the zombie that it finds for a sibling.
        Files.deleteIfExists(directory.resolve("keepalived.pid"));
        Files.deleteIfExists(directory.resolve("vrrp.pid"));
        keepers.put(
                host,
                host.start(
                        "keepalived",
                        List.of(
                                Tool.KEEPALIVED.path(),
                                "--dont-fork",
                                "--log-console",
                                "--log-detail",
                                "--vrrp",
                                "--use-file=" + directory.resolve("keepalived.conf"),
                                "--pid=" + directory.resolve("keepalived.pid"),
                                "--vrrp_pid=" + directory.resolve("vrrp.pid")),
                        directory,
                        Map.of()));
    }

    private Path directory(Host host) {
        return Objects.requireNonNull(directories.get(host));
    }

    private OsProcess keeper(Host host) {
        return Objects.requireNonNull(keepers.get(host));
    }

    private OsProcess proxy(Host host) {
        return Objects.requireNonNull(proxies.get(host));
    }

    @Override
    public String id() {
        return timing.id;
    }

    @Override
    public Lab lab() {
        return lab;
    }

    @Override
    public Host client() {
        return client;
    }

    @Override
    public TlsClient tls() throws Exception {
        return bed.client(new InetSocketAddress(VIP, VipCluster.PORT)).from(client.address());
    }

    @Override
    public List<Host> owners() {
        return directories.keySet().stream().filter(host -> host.holds(VIP)).toList();
    }

    @Override
    public Optional<Fault> fault(Mishap mishap) {
        return switch (mishap) {
            case PROXY_KILLED -> Optional.of(owner -> signal(owner, "KILL", proxyPids(owner)));
            case KEEPER_KILLED -> Optional.of(owner -> signal(owner, "KILL", keeperPids(owner)));
            case ALL_KILLED ->
                Optional.of(owner -> signal(owner, "KILL", Stream.concat(keeperPids(owner), proxyPids(owner))));
            case HOST_SILENT -> Optional.of(owner -> lab.faults().cut(owner));
            case PROXY_STOPPED -> Optional.of(owner -> signal(owner, "STOP", proxyPids(owner)));
            case KEEPER_STOPPED -> Optional.of(owner -> signal(owner, "STOP", keeperPids(owner)));
            case PEERS_CUT ->
                Optional.of(owner -> lab.faults()
                        .cut(
                                List.copyOf(directories.keySet()).get(0),
                                List.copyOf(directories.keySet()).get(1)));
            // What systemctl stop keepalived does.
            case MOVED ->
                Optional.of(
                        owner -> signal(owner, "TERM", Stream.of(keeper(owner).pid())));
            case TERMINATED ->
                Optional.of(owner -> signal(
                        owner, "TERM", Stream.concat(Stream.of(keeper(owner).pid()), proxyPids(owner))));
            case DRAINED, STORE_CUT -> Optional.empty();
        };
    }

    private Stream<Long> keeperPids(Host host) {
        long parent = keeper(host).pid();
        return Stream.concat(
                ProcessHandle.of(parent).stream()
                        .flatMap(ProcessHandle::children)
                        .map(ProcessHandle::pid),
                Stream.of(parent));
    }

    private Stream<Long> proxyPids(Host host) {
        return ProcessHandle.of(proxy(host).pid()).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid);
    }

    private static void signal(Host host, String signal, Stream<Long> pids) {
        String all = pids.map(String::valueOf).collect(Collectors.joining(" "));
        var unused = host.run("sh", "-c", "kill -s " + signal + " " + all);
    }

    @Override
    public void mend() throws Exception {
        lab.faults().heal();
        for (Host host : directories.keySet()) {
            for (OsProcess process : List.of(proxy(host), keeper(host))) {
                if (process.isAlive()) {
                    List<Long> pids = new ArrayList<>(List.of(process.pid()));
                    ProcessHandle.of(process.pid()).stream()
                            .flatMap(ProcessHandle::children)
                            .forEach(child -> pids.add(child.pid()));
                    signal(host, "CONT", pids.stream());
                }
            }
            if (proxyPids(host).findAny().isEmpty()) {
                var unused = proxy(host).awaitExit(PATIENCE);
                startProxy(host);
            }
            if (!keeper(host).isAlive() || isEnding(host)) {
                var unused = keeper(host).awaitExit(PATIENCE);
                startKeeper(host);
            }
        }
    }

    private boolean isEnding(Host host) {
        return keeper(host).lines().stream().anyMatch(line -> line.endsWith("Stopping"));
    }

    @Override
    public boolean isWhole() {
        List<Host> owners = owners();
        return owners.size() == 1
                && keepers.values().stream().allMatch(OsProcess::isAlive)
                && directories.keySet().stream()
                        .allMatch(host -> state(host).equals(owners.contains(host) ? "MASTER" : "BACKUP"));
    }

    private String state(Host host) {
        String state = "";
        for (String line : keeper(host).lines()) {
            Matcher matcher = STATE.matcher(line);
            state = matcher.find() ? matcher.group(1) : state;
        }
        return state;
    }
}
