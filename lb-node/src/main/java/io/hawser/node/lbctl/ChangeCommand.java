package io.hawser.node.lbctl;

import io.hawser.node.admin.AppliedBody;
import java.util.concurrent.Callable;

/** A command that changes something, and says what it did once it is in force. */
abstract class ChangeCommand implements Callable<Integer> {

    private final Lbctl lbctl;

    ChangeCommand(Lbctl lbctl) {
        this.lbctl = lbctl;
    }

    /** Orders it; the answer comes when it is in force. */
    abstract NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException;

    final Lbctl lbctl() {
        return lbctl;
    }

    @Override
    public final Integer call() throws Failure, InterruptedException {
        NodeApi.Answer<AppliedBody> answer = order(lbctl.toChange());
        Screen screen = new Screen(lbctl.shell());
        AppliedBody applied = answer.value();
        if (lbctl.output() == Output.JSON) {
            screen.printJson(answer.json());
        } else {
            lbctl.shell().out().println(Printable.of(applied.summary()));
            applied.changes().forEach(change -> lbctl.shell().out().println("  " + Printable.of(change.description())));
        }
        screen.checkWritten();
        if (applied.pending() != null) {
            throw new Failure(applied.pending());
        }
        return 0;
    }
}
