package io.hawser.cluster.lab;

import io.hawser.cluster.harness.OsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hears from the kernels of all hosts which addresses come to their links and go. One socket has it all from the kernel
 * under them, which tells one thing after the other: so the order is the one in which it happened.
 */
public final class AddressObserver implements AutoCloseable {

    /** The first interface of a host is its loopback. */
    private static final Pattern CHANGE =
            Pattern.compile("^\\[(?<time>[^]]+)] *\\[nsid (?<host>\\w+)](?<gone>Deleted )?(?<interface>\\d+): .*"
                    + " inet6? (?<address>[0-9a-f.:]+)/\\d+ ");

    private static final String LOOPBACK = "1";

    private final OsProcess monitor;
    private final Map<String, Host> hosts;
    private final Map<String, List<Change>> changes = new HashMap<>();
    private final Map<String, Set<Host>> having = new HashMap<>();
    private int read;

    AddressObserver(List<String> command, Map<String, Host> hosts) {
        this.hosts = Map.copyOf(hosts);
        try {
            monitor = OsProcess.start("address-observer", command, Path.of("."), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The link of a host has an address from now on, or has it no more.
     *
     * @param time of the day; heard some milliseconds later, as the machine is busy
     */
    public record Change(String time, Host host, boolean has) {

        @Override
        public String toString() {
            return time.substring(time.indexOf('T') + 1) + (has ? " + " : " - ") + host;
        }
    }

    /** All that was heard so far of an address, the oldest first; renewals of what is there are left out. */
    public synchronized List<Change> changes(String address) {
        List<String> lines = monitor.lines();
        for (String line : lines.subList(read, lines.size())) {
            read(line);
        }
        read = lines.size();
        return List.copyOf(changes.getOrDefault(address, List.of()));
    }

    private void read(String line) {
        Matcher matcher = CHANGE.matcher(line);
        if (!matcher.find() || matcher.group("interface").equals(LOOPBACK)) {
            return;
        }
        String address = matcher.group("address");
        Host host = hosts.get(matcher.group("host"));
        boolean has = matcher.group("gone") == null;
        Set<Host> now = having.computeIfAbsent(address, of -> new LinkedHashSet<>());
        if (host != null && (has ? now.add(host) : now.remove(host))) {
            changes.computeIfAbsent(address, of -> new ArrayList<>()).add(new Change(matcher.group("time"), host, has));
        }
    }

    /** The hosts whose link has the address now. */
    public synchronized List<Host> having(String address) {
        var unused = changes(address);
        return List.copyOf(having.getOrDefault(address, Set.of()));
    }

    @Override
    public void close() {
        monitor.close();
    }
}
