package io.hawser.cluster.lab;

import io.hawser.cluster.harness.OsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Listens on the switch and remembers which host answered for, or announced, which address, and when. */
public final class ArpObserver implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);

    private static final Pattern SAYING = Pattern.compile("^(?<time>\\d+\\.\\d+) (?<mac>[0-9a-f:]{17}) > .*"
            + "(Reply (?<answered>[\\d.]+) is-at|Request who-has (?<announced>[\\d.]+)( \\([0-9a-f:]+\\))? tell"
            + " \\k<announced>,)");

    private final OsProcess tcpdump;

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

    /** All that was said so far, the oldest first. */
    public List<Saying> sayings() {
        return tcpdump.lines().stream().flatMap(ArpObserver::read).toList();
    }

    /** What was said so far of one address. */
    public List<Saying> sayings(String address) {
        return sayings().stream()
                .filter(saying -> saying.address().equals(address))
                .toList();
    }

    private static Stream<Saying> read(String line) {
        Matcher matcher = SAYING.matcher(line);
        if (!matcher.find()) {
            return Stream.empty();
        }
        String answered = matcher.group("answered");
        String address = answered == null ? matcher.group("announced") : answered;
        return Stream.of(
                new Saying(Double.parseDouble(matcher.group("time")), address, matcher.group("mac"), answered != null));
    }

    @Override
    public void close() {
        tcpdump.close();
    }
}
