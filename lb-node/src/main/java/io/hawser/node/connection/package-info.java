/**
 * The data path, in the order of a connection.
 *
 * <table>
 *   <caption>Who carries out, who decides</caption>
 *   <tr><th>step</th><th>here</th><th>decided by</th></tr>
 *   <tr><td>1 accept</td><td>Acceptor, Listener</td><td>limit.AccessList, ConnectionLimit, ClientLimiter</td></tr>
 *   <tr><td>2 read the hello</td><td>Inspection, ForgedHeaderGuard</td><td>proxyprotocol.ProxyHeaderReader, tls.ClientHelloReader</td></tr>
 *   <tr><td>3 route</td><td>Connection</td><td>route.RouteTable</td></tr>
 *   <tr><td>4 affinity, choice</td><td>Connecting</td><td>selection.Selector</td></tr>
 *   <tr><td>5 connect, retry</td><td>Connecting</td><td>selection.Selector, with those tried left out</td></tr>
 *   <tr><td>6 relay</td><td>Relay</td><td></td></tr>
 *   <tr><td>7 account</td><td>Refusal, Account</td><td>Ending</td></tr>
 * </table>
 *
 * <p>{@link io.hawser.node.connection.Connection} leads through the steps; what it does at present is its {@link
 * io.hawser.node.connection.Phase}.
 *
 * <p>A {@link io.hawser.node.connection.DataPath} is what the rest of the node holds.
 */
@NullMarked
package io.hawser.node.connection;

import org.jspecify.annotations.NullMarked;
