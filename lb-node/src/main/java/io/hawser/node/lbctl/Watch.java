package io.hawser.node.lbctl;

import java.time.Duration;

/** Shows something again and again, until Ctrl-C. */
final class Watch {

    private final Shell shell;
    private final Screen screen;
    private final Duration interval;

    /** @param interval from the end of one look to the beginning of the next */
    Watch(Shell shell, Screen screen, Duration interval) {
        this.shell = shell;
        this.screen = screen;
        this.interval = interval;
    }

    /**
     * Shows it until the operator interrupts, which is how a watch ends well. A node that is gone for a while is waited
     * for.
     *
     * @throws Failure when even the first look fails, or nobody reads what is written
     */
    void run(Screen.View view) throws Failure {
        shell.onInterrupt().accept(Thread.currentThread()::interrupt);
        try {
            screen.clear();
            view.show();
            while (true) {
                screen.checkWritten();
                Thread.sleep(interval.toMillis());
                try {
                    view.show();
                } catch (Failure e) {
                    screen.printProblem(e.lines());
                }
            }
        } catch (InterruptedException e) {
            screen.end();
        }
    }
}
