package io.hawser.config;

/**
 * A place in a configuration file.
 *
 * @param line from 1
 * @param column from 1, in Unicode code points
 */
record Place(int line, int column) {

    static final Place START = new Place(1, 1);
}
