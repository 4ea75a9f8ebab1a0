/** The admin address: an HTTP server for operators, scrapers and lbctl, and the port through which it asks the node. */
@NullMarked
package io.hawser.node.admin;

import org.jspecify.annotations.NullMarked;
