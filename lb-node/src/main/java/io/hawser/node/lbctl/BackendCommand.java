package io.hawser.node.lbctl;

import picocli.CommandLine.Command;

/** {@code lbctl backend}: what can be done to one backend. */
@Command(
        name = "backend",
        description = "Change a backend.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class BackendCommand {}
