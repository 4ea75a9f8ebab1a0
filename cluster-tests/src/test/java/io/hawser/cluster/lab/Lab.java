package io.hawser.cluster.lab;

import io.hawser.cluster.harness.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * A switch and the hosts on it, each a network namespace; the cables between them are veth pairs.
 *
 * <p>Hosts have addresses in 198.51.100.0/24 and 2001:db8:100::/64 (RFC 5737 and RFC 3849: made for documents, found on
 * no real network). ARP, take-over of addresses, cables pulled out and packets lost behave as on real hosts.
 *
 * <p>Needs root. What a test leaves behind goes with {@link #close()}, or when the next lab is made on this machine.
 */
public final class Lab implements AutoCloseable {

    private static final String PREFIX = "hawser-";
    private static final int FIRST_HOST = 11;
    private static final AtomicInteger LABS = new AtomicInteger();
    private static final Pattern NAMESPACE =
            Pattern.compile("nsid (?<number>\\d+) \\(iproute2 netns name: (?<name>\\S+)\\)");

    private final String prefix;
    private final String ip;
    private final String nft;
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Faults faults;

    private Lab(String prefix, String ip, String nft) {
        this.prefix = prefix;
        this.ip = ip;
        this.nft = nft;
        this.faults = new Faults(this::enforce);
    }

    /**
     * Makes the switch.
     *
     * @throws org.opentest4j.TestAbortedException when this machine doesn't let us: the test is skipped
     */
    public static Lab create() {
        String ip = Tool.IP.path();
        removeForgotten(ip);
        String prefix = PREFIX + ProcessHandle.current().pid() + "-" + LABS.incrementAndGet() + "-";
        Command.Result made = Command.attempt(List.of(ip, "netns", "add", prefix + "switch"), "");
        Assumptions.assumeTrue(
                made.exit() == 0,
                "network namespaces need root and CAP_SYS_ADMIN: "
                        + made.output().strip());
        Lab lab = new Lab(prefix, ip, Tool.NFT.path());
        lab.batch(
                lab.switchNamespace(),
                "link add br0 type bridge forward_delay 0 stp_state 0",
                "link set br0 up",
                "link set lo up");
        return lab;
    }

    /** Namespaces of labs whose test was killed. */
    private static void removeForgotten(String ip) {
        for (String line : Command.attempt(List.of(ip, "netns", "list"), "")
                .output()
                .lines()
                .toList()) {
            String name = line.split(" ", 2)[0];
            if (name.matches(PREFIX + "\\d+-.*")
                    && ProcessHandle.of(Long.parseLong(name.split("-", 3)[1])).isEmpty()) {
                Command.attempt(List.of(ip, "netns", "delete", name), "");
            }
        }
    }

    /**
     * Adds a host and plugs it in; its interface is {@code eth0}.
     *
     * @param name its name, unique in the lab; short, as names of interfaces are
     */
    public Host host(String name) {
        if (hosts.containsKey(name)) {
            throw new IllegalArgumentException("there is a host " + name + " already");
        }
        int number = FIRST_HOST + hosts.size();
        Host host = new Host(this, name, number);
        Command.run(List.of(ip, "netns", "add", host.namespace()), "");
        hosts.put(name, host);
        batch(
                switchNamespace(),
                "link add " + host.port() + " type veth peer name eth0 address " + host.mac() + " netns "
                        + host.namespace(),
                "link set " + host.port() + " master br0",
                "link set " + host.port() + " up");
        batch(
                host.namespace(),
                "link set lo up",
                "link set eth0 up",
                "addr add " + host.address() + "/24 dev eth0",
                "addr add " + host.address6() + "/64 dev eth0 nodad");
        return host;
    }

    /** All hosts, in the order in which they were added. */
    public List<Host> hosts() {
        return List.copyOf(hosts.values());
    }

    /** What lies between the hosts: cut, heal, lose, slow down. */
    public Faults faults() {
        return faults;
    }

    /** Listens on the switch for who answers for which address. */
    public ArpObserver observer() {
        return new ArpObserver(inNamespace(
                switchNamespace(), List.of(Tool.TCPDUMP.path(), "-l", "-n", "-e", "-tt", "-i", "br0", "arp")));
    }

    /** Hears from the kernels of all hosts that there are by now which addresses they have. */
    public AddressObserver addresses() {
        Map<String, Host> byNumber = new LinkedHashMap<>();
        Matcher known = NAMESPACE.matcher(Command.run(List.of(ip, "-n", switchNamespace(), "netns", "list-id"), ""));
        while (known.find()) {
            for (Host host : hosts.values()) {
                if (host.namespace().equals(known.group("name"))) {
                    byNumber.put(known.group("number"), host);
                }
            }
        }
        return new AddressObserver(
                inNamespace(switchNamespace(), List.of(ip, "-ts", "-o", "monitor", "address", "all-nsid")), byNumber);
    }

    /** What is more than the queue takes is lost, as on a real link. */
    void slow(Host host, int kilobits) {
        String shape = "root tbf rate " + kilobits + "kbit burst 16kb latency 400ms";
        tc(switchNamespace(), "qdisc replace dev " + host.port() + " " + shape);
        tc(host.namespace(), "qdisc replace dev eth0 " + shape);
    }

    void fullSpeed(Host host) {
        // Fails where there is none.
        var unused = Command.attempt(
                inNamespace(switchNamespace(), words(Tool.TC, "qdisc del dev " + host.port() + " root")), "");
        var unusedToo = Command.attempt(inNamespace(host.namespace(), words(Tool.TC, "qdisc del dev eth0 root")), "");
    }

    private void tc(String namespace, String arguments) {
        var unused = Command.run(inNamespace(namespace, words(Tool.TC, arguments)), "");
    }

    private static List<String> words(Tool tool, String arguments) {
        List<String> words = new ArrayList<>(List.of(tool.path()));
        words.addAll(List.of(arguments.split(" ", -1)));
        return words;
    }

    String switchNamespace() {
        return prefix + "switch";
    }

    String namespace(String host) {
        return prefix + host;
    }

    /** The command as it runs in that namespace. */
    List<String> inNamespace(String namespace, List<String> command) {
        List<String> all = new ArrayList<>(List.of(ip, "netns", "exec", namespace));
        all.addAll(command);
        return all;
    }

    /** Lines of {@code ip -batch}, in that namespace. */
    void batch(String namespace, String... lines) {
        Command.run(List.of(ip, "-n", namespace, "-batch", "-"), String.join("\n", lines) + "\n");
    }

    String ip(String namespace, String... arguments) {
        List<String> command = new ArrayList<>(List.of(ip, "-n", namespace));
        command.addAll(List.of(arguments));
        return Command.run(command, "");
    }

    private void enforce(String rules) {
        Command.run(inNamespace(switchNamespace(), List.of(nft, "-f", "-")), rules);
    }

    /** Kills what runs on the hosts and pulls everything down. */
    @Override
    public void close() {
        hosts.values().forEach(Host::stopAll);
        hosts.values().forEach(host -> Command.attempt(List.of(ip, "netns", "delete", host.namespace()), ""));
        Command.attempt(List.of(ip, "netns", "delete", switchNamespace()), "");
    }
}
