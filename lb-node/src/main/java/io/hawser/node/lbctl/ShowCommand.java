package io.hawser.node.lbctl;

import java.util.concurrent.Callable;

/** A command that shows something: once, or again and again. */
abstract class ShowCommand implements Callable<Integer> {

    private final Lbctl lbctl;

    ShowCommand(Lbctl lbctl) {
        this.lbctl = lbctl;
    }

    /** Asks the node, and says it in JSON as the API does. */
    abstract String json(NodeApi node) throws Failure, InterruptedException;

    /** Asks the node, and makes a page of it. */
    abstract Page page(NodeApi node) throws Failure, InterruptedException;

    /** The command as the operator typed it, for the head of what is watched. */
    abstract String title();

    final Lbctl lbctl() {
        return lbctl;
    }

    @Override
    public final Integer call() throws Failure, InterruptedException {
        NodeApi node = lbctl.toShow();
        Screen screen = new Screen(lbctl.shell());
        Screen.View view =
                lbctl.output() == Output.JSON ? () -> screen.printJson(json(node)) : () -> screen.print(page(node));
        if (!lbctl.watches()) {
            view.show();
        } else {
            String head = title() + " at " + node.node();
            Watch watch = new Watch(lbctl.shell(), screen, lbctl.interval());
            watch.run(lbctl.output() == Output.JSON ? view : () -> screen.printAnew(head, page(node)));
        }
        screen.checkWritten();
        return 0;
    }
}
