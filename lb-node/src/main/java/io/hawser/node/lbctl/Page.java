package io.hawser.node.lbctl;

import java.util.List;

/**
 * What a command has to show, for people.
 *
 * @param table what was asked for
 * @param notes what else should be known, a sentence each: on standard error where the table goes into a pipe
 */
record Page(Table table, List<String> notes) {

    Page {
        notes = List.copyOf(notes);
    }
}
