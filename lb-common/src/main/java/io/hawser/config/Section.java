package io.hawser.config;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the file with named keys: a record whose components say, by {@link Key}, what may stand there.
 *
 * @param type the record
 * @param settings its keys, in the order of its components
 */
record Section(Class<?> type, List<Setting> settings) implements ValueType {

    /** The section that a record describes, with all below it. */
    static Section of(Class<?> type) {
        List<Setting> settings = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Key key = component.getAnnotation(Key.class);
            if (key == null) {
                throw new IllegalArgumentException(component + " of " + type + " has no @Key");
            }
            AnnotatedType annotated = component.getAnnotatedType();
            settings.add(new Setting(
                    key.name().isEmpty() ? kebabCase(component.getName()) : key.name(),
                    key,
                    valueType(annotated),
                    annotated.isAnnotationPresent(Nullable.class),
                    component));
        }
        return new Section(type, List.copyOf(settings));
    }

    private static ValueType valueType(AnnotatedType annotated) {
        if (annotated instanceof AnnotatedParameterizedType list) {
            return new ListType(valueType(list.getAnnotatedActualTypeArguments()[0]));
        }
        Class<?> type = (Class<?>) annotated.getType();
        // A record with a text form of its own, such as an endpoint, is a scalar; a record of keys is a section.
        boolean keyed = type.isRecord()
                && Arrays.stream(type.getRecordComponents()).anyMatch(c -> c.isAnnotationPresent(Key.class));
        return keyed ? of(type) : ScalarType.of(type);
    }

    private static String kebabCase(String camelCase) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < camelCase.length(); i++) {
            char c = camelCase.charAt(i);
            if (Character.isUpperCase(c)) {
                name.append('-').append(Character.toLowerCase(c));
            } else {
                name.append(c);
            }
        }
        return name.toString();
    }

    List<String> names() {
        return settings.stream().map(Setting::name).toList();
    }

    /** The record, made of one value for each setting, in their order. */
    Object create(@Nullable Object... values) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(parameters).newInstance(values);
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw new LinkageError("the constructor of a public record can't be called: " + type, e);
        } catch (InvocationTargetException e) {
            throw new AssertionError(type + " refuses values that its keys allow", e.getCause());
        }
    }
}
