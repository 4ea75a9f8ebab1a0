/**
 * The operator's command line, {@code lbctl}: asks one node's admin address, prints tables or its JSON.
 *
 * <p>Start reading at {@code Lbctl}. A command is one class: it extends {@code ShowCommand} and says what to ask and how
 * the answer looks as a table, or {@code ChangeCommand} and says what to order; {@code Lbctl} lists it.
 */
@NullMarked
package io.hawser.node.lbctl;

import org.jspecify.annotations.NullMarked;
