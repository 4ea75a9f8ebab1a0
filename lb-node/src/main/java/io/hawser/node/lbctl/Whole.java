package io.hawser.node.lbctl;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees whether a record that was read from JSON has all that its type promises.
 *
 * <p>A node of another version may leave keys out. Numbers are 0 then, and what may be null is null: so a record that
 * gains such components is still read from older nodes.
 */
final class Whole {

    private Whole() {}

    /** The name of something that is null and must not be; null when the record is whole. */
    static @Nullable String missing(Object value) {
        if (value instanceof List<?> list) {
            for (Object element : list) {
                String missing = element == null ? "an element" : missing(element);
                if (missing != null) {
                    return missing;
                }
            }
            return null;
        }
        if (!value.getClass().isRecord()) {
            return null;
        }
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object part = part(component, value);
            if (part == null) {
                if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    return "'" + component.getName() + "'";
                }
            } else {
                String missing = missing(part);
                if (missing != null) {
                    return missing;
                }
            }
        }
        return null;
    }

    private static @Nullable Object part(RecordComponent component, Object value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("the accessor of a public record can't be called: " + component, e);
        }
    }
}
