package io.hawser.node;

import io.hawser.net.IpAddress;
import io.hawser.node.state.MessageException;
import io.hawser.node.state.MessageReader;
import io.hawser.node.state.MessageWriter;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.Topic;
import io.hawser.vip.Flow;
import io.hawser.vip.FlowReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Carries what nodes tell each other of their connections over VIPs. */
final class FlowNews {

    private static final Topic TOPIC = new Topic("flows", 1);

    private static final int FLOW_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private final SharedState state;

    FlowNews(SharedState state) {
        this.state = state;
    }

    /** Tells all other nodes that are there. */
    void tell(FlowReport report) {
        TOPIC.tell(state, message -> write(report, message));
    }

    /** Hears from now on what they tell. */
    void listen(Consumer<FlowReport> listener) {
        TOPIC.listen(state, message -> listener.accept(read(message)));
    }

    static void write(FlowReport report, MessageWriter out) {
        out.writeText(report.node());
        write(report.vip(), out);
        write(report.holder(), out);
        out.writeByte(report.part());
        for (List<Flow> flows : List.of(report.there(), report.begun(), report.ended())) {
            out.writeInt(flows.size());
            for (Flow flow : flows) {
                write(flow.client(), out);
                out.writeInt((flow.clientPort() << 16) | flow.port());
            }
        }
    }

    private static void write(IpAddress address, MessageWriter out) {
        out.writeLong(address.high()).writeLong(address.low());
    }

    static FlowReport read(MessageReader in) throws MessageException {
        String node = in.readText();
        IpAddress vip = readAddress(in);
        IpAddress holder = readAddress(in);
        int part = in.readByte();
        return new FlowReport(node, vip, holder, part, readFlows(vip, in), readFlows(vip, in), readFlows(vip, in));
    }

    private static IpAddress readAddress(MessageReader in) throws MessageException {
        return new IpAddress(in.readLong(), in.readLong());
    }

    private static List<Flow> readFlows(IpAddress vip, MessageReader in) throws MessageException {
        int count = in.readCount(FLOW_BYTES);
        List<Flow> flows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            IpAddress client = readAddress(in);
            int ports = in.readInt();
            flows.add(new Flow(client, ports >>> 16, vip, ports & 0xffff));
        }
        return flows;
    }
}
