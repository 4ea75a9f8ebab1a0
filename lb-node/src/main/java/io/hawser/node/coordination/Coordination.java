package io.hawser.node.coordination;

import io.hawser.pool.OperatorSetting;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * What the nodes agree on outside the traffic: which of them are there, and what operators have changed.
 *
 * <p>Traffic never waits for it, and nothing of it is for event loops that carry traffic. Without it the node goes on
 * with what it knew. Methods may be called on any thread.
 */
public interface Coordination extends AutoCloseable {

    /**
     * Starts. When this returns, the listener has heard what operators have set, unless it can't be known now: then
     * {@link #status} says so, and the listener hears it as soon as it can be. Blocks for seconds at most.
     *
     * @throws IOException when this node must not start: another one that is alive has its id
     */
    void start(CoordinationListener listener) throws IOException, InterruptedException;

    /** Makes this node known to the others from now on, until it is {@linkplain #withdraw withdrawn}. */
    void register(Member self);

    /** This node goes: the others no longer see it among the members. Blocks for a few seconds at most. */
    void withdraw();

    /** The nodes that are there, as far as this one knows, by id; from {@link #register} on this one is among them. */
    List<Member> members();

    /** How it stands now. */
    CoordinationStatus status();

    /**
     * Changes what is set of a backend, so that it lasts and holds on every node. Does not ask whether there is such a
     * backend.
     *
     * @param edit from what is set to what is to be set; may be called several times
     * @return completes normally, within 20 s
     */
    CompletionStage<ChangeOutcome> change(String pool, String backend, UnaryOperator<OperatorSetting> edit);

    /**
     * What the nodes agree on about VIPs.
     *
     * @throws UnsupportedOperationException when there is nobody to agree with
     */
    VipRegisters vips();

    /** Ends everything; the node's id is free when this returns. Blocks for a few seconds at most. */
    @Override
    void close();
}
