/** PROXY protocol v1 and v2 headers, read and written. */
@NullMarked
package io.hawser.proxyprotocol;

import org.jspecify.annotations.NullMarked;
