package io.hawser.cluster.lab;

import io.hawser.cluster.harness.OsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Listens on the switch and remembers which host answered for, or announced, which address, and when. Hosts answer only
 * when they are asked: an {@link ArpAsker} sees to that.
 */
public final class ArpObserver implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final String EVERYBODY = "ff:ff:ff:ff:ff:ff";

    private static final Pattern PACKET =
            Pattern.compile("^(?<time>\\d+\\.\\d+) (?<from>[0-9a-f:]{17}) > (?<to>[0-9a-f:]{17}|Broadcast), .*"
                    + "(Reply (?<answered>[\\d.]+) is-at|Request who-has (?<wanted>[\\d.]+)( \\([0-9a-f:A-Z]+\\))? tell"
                    + " (?<teller>[\\d.]+),)");

    private final OsProcess tcpdump;
    private final List<Packet> packets = new ArrayList<>();
    private int read;

    ArpObserver(List<String> command) {
        try {
            tcpdump = OsProcess.start("arp-observer", command, Path.of("."), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tcpdump.awaitLine("listening on", START);
    }

    /**
     * A host said that an address is its own.
     *
     * @param seconds when, since the epoch
     * @param address the IPv4 address
     * @param mac who said it
     * @param answer whether it answered somebody; else it announced it unasked
     */
    public record Saying(double seconds, String address, String mac, boolean answer) {}

    /**
     * Two hosts answered the same question: the address had two owners.
     *
     * @param seconds when the second one answered, since the epoch
     * @param macs both, and more if there were
     */
    public record Contradiction(double seconds, Set<String> macs) {}

    /** Any packet about an address. */
    private record Packet(double seconds, String from, String to, String address, boolean reply, boolean question) {}

    /** All that was said so far, the oldest first. */
    public List<Saying> sayings() {
        return packets().stream()
                .filter(packet -> !packet.question())
                .map(packet -> new Saying(
                        packet.seconds(),
                        packet.address(),
                        packet.from(),
                        packet.reply() && !packet.to().equals(EVERYBODY)))
                .toList();
    }

    /** What was said so far of one address. */
    public List<Saying> sayings(String address) {
        return sayings().stream()
                .filter(saying -> saying.address().equals(address))
                .toList();
    }

    /** When it was last asked for an address, since the epoch; 0 when it never was. What came before is known here. */
    public double lastAsked(String address) {
        return packets().stream()
                .filter(packet -> packet.question() && packet.address().equals(address))
                .mapToDouble(Packet::seconds)
                .max()
                .orElse(0);
    }

    /** Where more than one host answered one question for an address. */
    public List<Contradiction> contradictions(String address) {
        List<Contradiction> found = new ArrayList<>();
        Map<String, Set<String>> answers = new HashMap<>();
        for (Packet packet : packets()) {
            if (!packet.address().equals(address)) {
                continue;
            }
            if (packet.question()) {
                answers.put(packet.from(), new HashSet<>());
            } else if (packet.reply() && answers.containsKey(packet.to())) {
                Set<String> macs = answers.get(packet.to());
                if (macs.add(packet.from()) && macs.size() > 1) {
                    found.add(new Contradiction(packet.seconds(), Set.copyOf(macs)));
                }
            }
        }
        return found;
    }

    /**
     * Who answered for an address, one after the other. Where one stands there twice with another in between, and was not
     * made its owner again, the address had two.
     *
     * @param since seconds since the epoch
     */
    public List<String> turns(String address, double since) {
        List<String> turns = new ArrayList<>();
        for (Saying saying : sayings(address)) {
            if (saying.answer()
                    && saying.seconds() >= since
                    && (turns.isEmpty() || !turns.get(turns.size() - 1).equals(saying.mac()))) {
                turns.add(saying.mac());
            }
        }
        return turns;
    }

    private synchronized List<Packet> packets() {
        List<String> lines = tcpdump.lines();
        for (String line : lines.subList(read, lines.size())) {
            Matcher matcher = PACKET.matcher(line);
            if (matcher.find()) {
                packets.add(packet(matcher));
            }
        }
        read = lines.size();
        return List.copyOf(packets);
    }

    private static Packet packet(Matcher matcher) {
        String to = matcher.group("to").equals("Broadcast") ? EVERYBODY : matcher.group("to");
        String answered = matcher.group("answered");
        String wanted = matcher.group("wanted");
        boolean question = wanted != null && !wanted.equals(matcher.group("teller"));
        return new Packet(
                Double.parseDouble(matcher.group("time")),
                matcher.group("from"),
                to,
                answered != null ? answered : wanted,
                answered != null,
                question);
    }

    @Override
    public void close() {
        tcpdump.close();
    }
}
