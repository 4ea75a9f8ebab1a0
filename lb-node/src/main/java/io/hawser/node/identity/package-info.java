/**
 * Who this node is on the links that are secured, and whom it believes there: certificates, keys and authorities that an
 * operator keeps in files, read again when they change. Start reading at {@link io.hawser.node.identity.KeptIdentity}.
 */
@NullMarked
package io.hawser.node.identity;

import org.jspecify.annotations.NullMarked;
