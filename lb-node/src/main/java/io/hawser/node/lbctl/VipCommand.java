package io.hawser.node.lbctl;

import picocli.CommandLine.Command;

/** {@code lbctl vip}: what can be done to one VIP. */
@Command(
        name = "vip",
        description = "Change a VIP.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class VipCommand {}
