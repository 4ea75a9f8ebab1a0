package io.hawser.node.testing;
