package io.hawser.cluster.failover;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.OsProcess.Signal;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.lab.Host;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster in a lab that people play with: takes their commands, one a connection, until it is told to go down. {@code
 * cluster-tests/lab} starts it, and hands it what is typed.
 */
final class LabCommand {

    private final VipCluster cluster;

    private LabCommand(VipCluster cluster) {
        this.cluster = cluster;
    }

    /** A command that can't be done, with the reason for people. */
    private static final class Refusal extends Exception {

        private static final long serialVersionUID = 1L;

        Refusal(String reason) {
            super(reason);
        }
    }

    /**
     * Serves until {@code down}.
     *
     * @param arguments a directory to say in where it listens and what happens, and the number of nodes
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        try (Testbed bed = Testbed.alone("lab");
                ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            VipCluster cluster = new VipCluster(bed, Integer.parseInt(arguments[1]));
            bed.closing(LabMonitor.of(cluster, directory.resolve("events")));
            byte[] secret = new byte[16];
            new SecureRandom().nextBytes(secret);
            String password = HexFormat.of().formatHex(secret);
            // Written last: whoever sees it may ask. The directory is root's alone.
            Path next = directory.resolve("next");
            Files.writeString(next, listening.getLocalPort() + " " + password + "\n");
            Files.move(next, directory.resolve("listening"));
            new LabCommand(cluster).serve(listening, password);
        }
        System.exit(0);
    }

    private void serve(ServerSocket listening, String password) throws IOException {
        boolean up = true;
        while (up) {
            try (Socket socket = listening.accept();
                    PrintStream out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.UTF_8)) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                List<String> words = Stream.of(String.valueOf(in.readLine()).split(" ", -1))
                        .filter(word -> !word.isEmpty())
                        .toList();
                if (words.size() > 1 && words.get(0).equals(password)) {
                    up = !words.get(1).equals("down");
                    answer(words.subList(1, words.size()), out);
                }
            }
        }
    }

    private void answer(List<String> words, PrintStream out) {
        try {
            out.println(obey(words.get(0), words.subList(1, words.size())));
        } catch (Refusal e) {
            out.println("lab: " + e.getMessage());
        } catch (Exception | AssertionError e) {
            // The lab goes on, whatever a command has met.
            out.println("lab: " + words + " failed: " + e);
        }
    }

    private String obey(String command, List<String> rest) throws Exception {
        switch (command) {
            case "down" -> {
                return "the lab goes down";
            }
            case "status" -> {
                return status();
            }
            case "kill", "stop", "cont" -> {
                Host host = host(rest, 0);
                process(host).signal(Signal.valueOf(command.toUpperCase(Locale.ROOT)));
                return host + ": SIG" + command.toUpperCase(Locale.ROOT);
            }
            case "start" -> {
                return start(host(rest, 0));
            }
            case "cut" -> {
                return cut(rest);
            }
            case "lose" -> {
                Host host = host(rest, 0);
                cluster.lab().faults().lose(host, number(rest, 1, 1, 99));
                return host + ": loses packets";
            }
            case "slow" -> {
                Host host = host(rest, 0);
                host.slow(number(rest, 1, 8, 1_000_000));
                return host + ": slow";
            }
            case "heal" -> {
                return heal(rest);
            }
            case "lbctl" -> {
                OsProcess lbctl = cluster.lbctl(
                        host(rest, 0), rest.subList(1, rest.size()).toArray(String[]::new));
                return lbctl.output();
            }
            case "run" -> {
                return host(rest, 0).output(rest.subList(1, rest.size()).toArray(String[]::new));
            }
            default -> throw new Refusal("there is no command " + command + "; cluster-tests/lab --help names them");
        }
    }

    private Host host(List<String> words, int at) throws Refusal {
        if (words.size() <= at) {
            throw new Refusal("name a host: owner, "
                    + cluster.lab().hosts().stream().map(Host::name).collect(Collectors.joining(", ")));
        }
        String name = words.get(at);
        if (name.equals("owner")) {
            return cluster.owners().stream()
                    .findFirst()
                    .orElseThrow(() -> new Refusal("no host has the address at the moment"));
        }
        return cluster.lab().hosts().stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Refusal("there is no host " + name));
    }

    private static int number(List<String> words, int at, int least, int most) throws Refusal {
        String word = words.size() > at ? words.get(at) : "";
        if (!word.matches("\\d{1,7}") || Integer.parseInt(word) < least || Integer.parseInt(word) > most) {
            throw new Refusal("behind the host goes a number from " + least + " to " + most);
        }
        return Integer.parseInt(word);
    }

    private OsProcess process(Host host) throws Refusal {
        if (cluster.hosts().contains(host)) {
            return cluster.node(host).process();
        }
        if (host.equals(cluster.zooKeeperHost())) {
            return cluster.zooKeeper().process();
        }
        throw new Refusal(host + " has no process that could be killed or stopped");
    }

    private String start(Host host) throws Exception {
        if (process(host).isAlive()) {
            throw new Refusal("the process of " + host + " runs");
        }
        if (host.equals(cluster.zooKeeperHost())) {
            cluster.zooKeeper().restart();
        } else {
            var unused = cluster.start(host);
        }
        return host + ": started";
    }

    private String cut(List<String> rest) throws Refusal {
        Host host = host(rest, 0);
        if (rest.size() > 1) {
            Host other = host(rest, 1);
            cluster.lab().faults().cut(host, other);
            return host + " and " + other + ": cut off from one another";
        }
        cluster.lab().faults().cut(host);
        return host + ": cut off from all others";
    }

    private String heal(List<String> rest) throws Refusal {
        if (rest.isEmpty()) {
            cluster.lab().faults().heal();
            cluster.lab().hosts().forEach(Host::fullSpeed);
            return "all is well on the switch";
        }
        Host host = host(rest, 0);
        if (rest.size() > 1) {
            cluster.lab().faults().heal(host, host(rest, 1));
        } else {
            cluster.lab().faults().heal(host);
            host.fullSpeed();
        }
        return host + ": healed";
    }

    private String status() throws Exception {
        StringBuilder text = new StringBuilder();
        for (Host host : cluster.lab().hosts()) {
            text.append(String.format("%-8s %-16s %-18s %s%n", host, host.address(), host.mac(), what(host)));
        }
        return text + "\nThe address is " + VipCluster.VIP + ", port " + VipCluster.PORT + ". On the switch: "
                + (cluster.lab().faults().names().isEmpty()
                        ? "all is well."
                        : String.join(", ", cluster.lab().faults().names()) + ".");
    }

    private String what(Host host) throws Exception {
        if (!cluster.hosts().contains(host) && !host.equals(cluster.zooKeeperHost())) {
            return "";
        }
        OsProcess process = process(host);
        String state = "dead";
        if (process.isAlive()) {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            state = stat.charAt(stat.lastIndexOf(')') + 2) == 'T' ? "stopped" : "runs";
        }
        String kind = cluster.hosts().contains(host) ? "node" : "zookeeper";
        return kind + " " + state + " (process " + process.pid() + ")"
                + (cluster.owners().contains(host) ? ", has " + VipCluster.VIP : "");
    }
}
