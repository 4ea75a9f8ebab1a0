package io.hawser.vip;

import io.hawser.net.IpAddress;

/**
 * A client's TCP connection over a VIP.
 *
 * @param client its address, of the same family as the VIP's
 * @param clientPort 1 to 65535
 * @param port the VIP's, 1 to 65535
 */
public record Flow(IpAddress client, int clientPort, IpAddress vip, int port) {}
