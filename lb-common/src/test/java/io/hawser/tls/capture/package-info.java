/** How the captured ClientHellos among the test resources were made; no test runs it. */
@NullMarked
package io.hawser.tls.capture;

import org.jspecify.annotations.NullMarked;
