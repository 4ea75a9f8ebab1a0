package io.hawser.vip;

import io.hawser.net.IpAddress;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which the hosts of a VIP's old and new owner have connections survive its move, as scripts for {@code nft}.
 *
 * <p>The new owner hands a packet on when its connection is not the new owner's own. That is so of
 *
 * <ul>
 *   <li>connections that another node has told of: each goes to that node ({@code hand});
 *   <li>for a while after the move, connections whose first packet did not come here: they go to the last owner
 *       ({@code learn}). Among them are those whose handshake was under way during the move, of which no list can tell
 *       in time.
 * </ul>
 *
 * A first packet (SYN) is never handed on, and makes the connection this host's own. The rules sit where packets come in
 * from the link, before the host looks at them; there a packet is given to another host of the link as it is, but for
 * its TTL, which ends whatever might go round in circles.
 *
 * <p>The old owner's host keeps the VIP where no neighbour should learn of it: it answers no ARP for it, and doesn't use
 * it to ask others. In IPv6 an address of the loopback is of no interface but that, and nothing need be done.
 */
public final class HandOverRules {

    /** Connections that can be handed on, or begun while that is being found out; about 100 bytes of the kernel's each. */
    static final int MOST = 262_144;

    private static final int ELEMENTS_PER_LINE = 2048;

    private final IpAddress vip;
    private final String interfaceName;
    private final String table;
    private final String family;
    private final String addressType;
    private final String key;

    private HandOverRules(IpAddress vip, String interfaceName) {
        this.vip = vip;
        this.interfaceName = interfaceName;
        this.table = "hawser_" + HexFormat.of().formatHex(vip.toBytes());
        this.family = vip.isV4() ? "ip" : "ip6";
        this.addressType = vip.isV4() ? "ipv4_addr" : "ipv6_addr";
        this.key = family + " saddr . tcp sport . tcp dport";
    }

    /**
     * Those for one VIP.
     *
     * @param interfaceName where the owner has it
     */
    public static HandOverRules of(IpAddress vip, String interfaceName) {
        return new HandOverRules(vip, interfaceName);
    }

    /**
     * For a node that will be the owner: hands on what is not its own, to the last owner. Replaces all there was.
     *
     * @param lastOwner its own address on the link; null: nothing is learned
     */
    public String take(@Nullable IpAddress lastOwner) {
        return remove()
                + "table netdev " + table + " {\n"
                + "set begun " + set() + "\n"
                + "set learned " + set() + "\n"
                + "chain begin { }\n"
                + "chain hand { }\n"
                + "chain keep { }\n"
                + "chain learn { }\n"
                + "chain ingress {\n"
                + "type filter hook ingress device \"" + interfaceName + "\" priority 0; policy accept;\n"
                + family + " daddr != " + vip + " accept\n"
                + "meta l4proto != tcp accept\n"
                + "tcp flags & (fin | syn | rst | ack) == syn goto begin\n"
                + "jump hand\n"
                + "jump learn\n"
                + "}\n}\n"
                + (lastOwner == null ? begin(false) : begin(true) + learn(lastOwner, true));
    }

    private String set() {
        return "{ type " + addressType + " . inet_service . inet_service; flags dynamic; size " + MOST + "; }";
    }

    /** What is done with the first packet of a connection. */
    private String begin(boolean learning) {
        String rule = "add rule netdev " + table + " begin ";
        // What comes while this host doesn't have the VIP yet begins nothing here.
        return (learning ? rule + "fib daddr type local add @begun { " + key + " }\n" : "")
                + rule + "delete @learned { " + key + " }\n"
                + rule + "jump keep\n";
    }

    private String learn(IpAddress lastOwner, boolean learning) {
        String rule = "add rule netdev " + table + " learn ";
        return rule + key + " @learned " + forward(lastOwner)
                + (learning ? rule + key + " != @begun add @learned { " + key + " } " + forward(lastOwner) : "");
    }

    /** Connections that are the new owner's own, from an earlier time as the owner. */
    public String own(Collection<Flow> flows) {
        return add("begun", flows);
    }

    /**
     * Hands connections to a node from now on, once some are {@linkplain #hand told of}.
     *
     * @param holder that node's own address on the link, for which this was not done yet
     */
    public String addHolder(IpAddress holder) {
        String flows = setOf(holder);
        return "add set netdev " + table + " " + flows + " " + set() + "\n"
                + "add rule netdev " + table + " hand " + key + " @" + flows + " " + forward(holder)
                + "add rule netdev " + table + " keep delete @" + flows + " { " + key + " }\n";
    }

    private static String setOf(IpAddress holder) {
        return "on_" + HexFormat.of().formatHex(holder.toBytes());
    }

    private String forward(IpAddress to) {
        return "fwd " + family + " to " + to + " device \"" + interfaceName + "\"\n";
    }

    /** Connections that live on a node. */
    public String hand(IpAddress holder, Collection<Flow> flows) {
        return add(setOf(holder), flows);
    }

    private String add(String to, Collection<Flow> flows) {
        StringBuilder script = new StringBuilder();
        Iterator<Flow> left = flows.iterator();
        while (left.hasNext()) {
            script.append("add element netdev ").append(table).append(' ').append(to);
            for (int i = 0; i < ELEMENTS_PER_LINE && left.hasNext(); i++) {
                Flow flow = left.next();
                script.append(i == 0 ? " { " : ", ")
                        .append(flow.client())
                        .append(" . ")
                        .append(flow.clientPort())
                        .append(" . ")
                        .append(flow.port());
            }
            script.append(" }\n");
        }
        return script.toString();
    }

    /** No more is learned; what was is still handed to the last owner. */
    public String settle(IpAddress lastOwner) {
        return flush() + "flush set netdev " + table + " begun\n" + begin(false) + learn(lastOwner, false);
    }

    private String flush() {
        return "flush chain netdev " + table + " begin\nflush chain netdev " + table + " learn\n";
    }

    /** The last owner is gone: nothing is handed to it. */
    public String forgetLastOwner() {
        return flush() + "flush set netdev " + table + " begun\nflush set netdev " + table + " learned\n"
                + begin(false);
    }

    /**
     * Nothing is handed to these any more.
     *
     * @param holders all that were added; those that remain are to be added anew
     */
    public String forgetHolders(Collection<IpAddress> holders) {
        StringBuilder script = new StringBuilder();
        script.append("flush chain netdev ").append(table).append(" hand\n");
        script.append("flush chain netdev ").append(table).append(" keep\n");
        for (IpAddress holder : holders) {
            script.append("delete set netdev ")
                    .append(table)
                    .append(' ')
                    .append(setOf(holder))
                    .append('\n');
        }
        return script.toString();
    }

    /** Nothing is handed on any more; also when nothing was. */
    public String remove() {
        return "table netdev " + table + " { }\ndelete table netdev " + table + "\n";
    }

    /**
     * For the old owner: answers nobody who asks for the VIP, and asks nobody by it. Replaces all there was. For IPv6
     * nothing.
     *
     * @param own its own address on the link; null when it has none: then it asks as one who has no address yet
     */
    public String answerNobody(@Nullable IpAddress own) {
        if (!vip.isV4()) {
            return "";
        }
        return answerAgain()
                + "table arp " + table + " {\n"
                + "chain input {\n"
                + "type filter hook input priority 0; policy accept;\n"
                + "arp daddr ip " + vip + " drop\n"
                + "}\n"
                + "chain output {\n"
                + "type filter hook output priority 0; policy accept;\n"
                + "arp saddr ip " + vip + " arp saddr ip set " + (own == null ? "0.0.0.0" : own) + "\n"
                + "}\n}\n";
    }

    /** Answers as usual; also when it did already. */
    public String answerAgain() {
        return vip.isV4() ? "table arp " + table + " { }\ndelete table arp " + table + "\n" : "";
    }
}
