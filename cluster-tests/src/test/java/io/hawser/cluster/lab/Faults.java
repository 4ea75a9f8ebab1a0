package io.hawser.cluster.lab;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What goes wrong on the switch. Nobody is told: packets just don't arrive, as with a broken switch or a firewall that
 * drops; {@link Host#unplug()} is the fault that the host notices.
 */
public final class Faults {

    private final Consumer<String> enforcer;
    private final Map<String, String> rules = new LinkedHashMap<>();

    Faults(Consumer<String> enforcer) {
        this.enforcer = enforcer;
    }

    /** Cuts a host off from all the others. */
    public void cut(Host host) {
        rules.put("all of " + host, "iifname \"" + host.port() + "\" drop\noifname \"" + host.port() + "\" drop");
        enforce();
    }

    /** Cuts two hosts off from one another. */
    public void cut(Host a, Host b) {
        rules.put(way(a, b), drop(a, b));
        rules.put(way(b, a), drop(b, a));
        enforce();
    }

    /** Lets nothing through from one host to another; the other way stays open. */
    public void cutOneWay(Host from, Host to) {
        rules.put(way(from, to), drop(from, to));
        enforce();
    }

    /**
     * Loses packets to and from a host by chance.
     *
     * @param percent of the packets, 1 to 99
     */
    public void lose(Host host, int percent) {
        String chance = "numgen random mod 100 < " + percent + " drop";
        rules.put(
                "loss of " + host,
                "iifname \"" + host.port() + "\" " + chance + "\noifname \"" + host.port() + "\" " + chance);
        enforce();
    }

    /** What goes wrong now, in words. */
    public List<String> names() {
        return List.copyOf(rules.keySet());
    }

    /** Ends every fault. */
    public void heal() {
        rules.clear();
        enforce();
    }

    /** Ends every fault that is a host's alone; what is cut between two hosts stays cut. */
    public void heal(Host host) {
        rules.remove("all of " + host);
        rules.remove("loss of " + host);
        enforce();
    }

    /** Joins two hosts again that were cut off from one another. */
    public void heal(Host a, Host b) {
        rules.remove(way(a, b));
        rules.remove(way(b, a));
        enforce();
    }

    private static String way(Host from, Host to) {
        return from + " to " + to;
    }

    private static String drop(Host from, Host to) {
        return "iifname \"" + from.port() + "\" oifname \"" + to.port() + "\" drop";
    }

    /** The whole table at once, so that there is no moment between two sets of faults. */
    private void enforce() {
        enforcer.accept("table bridge lab\ndelete table bridge lab\ntable bridge lab {\nchain forward {\n"
                + "type filter hook forward priority 0;\n" + String.join("\n", rules.values()) + "\n}\n}\n");
    }
}
