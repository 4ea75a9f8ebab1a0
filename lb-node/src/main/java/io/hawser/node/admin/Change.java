package io.hawser.node.admin;

import java.util.List;

/** How a change that an operator asked for ended. */
public sealed interface Change {

    /**
     * It is in force.
     *
     * @param summary what has changed, from what to what; or that nothing had to
     * @param changes of a reload, each key that has changed; else empty
     */
    record Applied(String summary, List<SettingChange> changes) implements Change {

        public Applied {
            changes = List.copyOf(changes);
        }

        public Applied(String summary) {
            this(summary, List.of());
        }
    }

    /**
     * It is kept and comes into force, but it is not certain that it is everywhere yet.
     *
     * @param summary what has changed, from what to what
     * @param pending where it may not be in force yet, and why
     */
    record Kept(String summary, String pending) implements Change {}

    /**
     * It can't be made now; nothing has changed.
     *
     * @param why what is in the way and what to do
     */
    record Unavailable(String why) implements Change {}

    /**
     * What it names does not exist.
     *
     * @param why what is missing and what there is instead
     */
    record NotFound(String why) implements Change {}

    /**
     * It was refused or failed; nothing has changed.
     *
     * @param why what is in the way and what to do
     * @param problems one line each, such as the mistakes of a configuration file; empty when {@code why} says it all
     */
    record Refused(String why, List<String> problems) implements Change {

        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
