package io.hawser.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/**
 * One key of a section.
 *
 * @param name in kebab-case, as in the file
 * @param key what is declared about it
 * @param type what it takes
 * @param nullable whether it may be left out without having a default
 */
record Setting(String name, Key key, ValueType type, boolean nullable, RecordComponent component) {

    /** Whether leaving it out is a mistake. */
    boolean isRequired() {
        return key.byDefault().isEmpty() && !nullable;
    }

    /** Its value in a record of its section. */
    @Nullable Object valueIn(Object section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("the accessor of a public record can't be called: " + component, e);
        }
    }
}
