package io.hawser.cluster.lab;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A host of the lab: an interface {@code eth0} on the switch, and whatever processes a test starts on it. */
public final class Host implements Place {

    private final Lab lab;
    private final String name;
    private final int number;
    private final List<OsProcess> processes = new CopyOnWriteArrayList<>();

    Host(Lab lab, String name, int number) {
        this.lab = lab;
        this.name = name;
        this.number = number;
    }

    public String name() {
        return name;
    }

    /** Its own IPv4 address, in 198.51.100.0/24. */
    public String address() {
        return "198.51.100." + number;
    }

    /** Its own IPv6 address, in 2001:db8:100::/64. */
    public String address6() {
        return "2001:db8:100::" + number;
    }

    /** The hardware address of its interface. */
    public String mac() {
        return String.format("02:00:00:00:00:%02x", number);
    }

    /** The interface of the switch that it is plugged into. */
    String port() {
        return "port-" + name;
    }

    String namespace() {
        return lab.namespace(name);
    }

    @Override
    public List<String> command(List<String> command) {
        return lab.inNamespace(namespace(), command);
    }

    @Override
    public <T> T call(Callable<T> task) throws Exception {
        return Namespaces.call("/run/netns/" + namespace(), name, task);
    }

    /**
     * Starts a program on the host. It is killed when the lab is closed, if not before.
     *
     * @param label what reports call it
     * @param directory where it runs
     */
    public OsProcess start(String label, List<String> command, Path directory, Map<String, String> environment)
            throws IOException {
        OsProcess process = OsProcess.start(name + "/" + label, command(command), directory, environment);
        processes.add(process);
        return process;
    }

    /** Sends a signal to every program that was started on the host. */
    public void signal(OsProcess.Signal signal) {
        processes.forEach(process -> process.signal(signal));
    }

    void stopAll() {
        processes.forEach(OsProcess::close);
    }

    /**
     * Runs a program on the host to its end.
     *
     * @return what it printed
     * @throws AssertionError with that, when it failed
     */
    public String run(String... command) {
        return Command.run(command(List.of(command)), "");
    }

    /** Likewise; whether it succeeded. */
    public boolean succeeds(String... command) {
        return Command.attempt(command(List.of(command)), "").exit() == 0;
    }

    /** Runs {@code ip} on the host. */
    public String ip(String... arguments) {
        return lab.ip(namespace(), arguments);
    }

    /** Whether its kernel has the address on an interface. */
    public boolean holds(String address) {
        return !ip("-o", "addr", "show", "to", address).isBlank();
    }

    /** The hardware address at which it last knew a neighbour; null when it knows none. */
    public @Nullable String neighbour(String address) {
        String[] words =
                ip("neigh", "show", "to", address, "dev", "eth0").strip().split("\\s+", -1);
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("lladdr")) {
                return words[i + 1];
            }
        }
        return null;
    }

    /** Likewise, whether it succeeds or fails. */
    public String output(String... command) {
        return Command.attempt(command(List.of(command)), "").output().stripTrailing();
    }

    /**
     * Lets no more than so much through its cable, either way.
     *
     * @param kilobits a second
     */
    public void slow(int kilobits) {
        lab.slow(this, kilobits);
    }

    /** Ends that. */
    public void fullSpeed() {
        lab.fullSpeed(this);
    }

    /** Pulls its cable out: its interface notices. */
    public void unplug() {
        lab.batch(lab.switchNamespace(), "link set " + port() + " down");
    }

    public void plug() {
        lab.batch(lab.switchNamespace(), "link set " + port() + " up");
    }

    @Override
    public String toString() {
        return name;
    }
}
