/** Health: from single probe results and failed connects to a backend's verdict. */
@NullMarked
package io.hawser.health;

import org.jspecify.annotations.NullMarked;
