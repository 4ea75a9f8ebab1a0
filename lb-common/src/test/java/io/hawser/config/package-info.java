@NullMarked
package io.hawser.config;

import org.jspecify.annotations.NullMarked;
