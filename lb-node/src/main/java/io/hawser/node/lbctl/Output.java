package io.hawser.node.lbctl;

/** The forms in which a command answers. */
enum Output {
    /** For people. */
    TABLE,
    /** For programs: what the API answered. */
    JSON
}
