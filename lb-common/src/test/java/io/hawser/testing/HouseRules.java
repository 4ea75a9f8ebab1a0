package io.hawser.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * Rules of architecture that hold in every module: its ArchitectureTest extends this and adds the module's own.
 *
 * <p>Plain JUnit tests: those that ArchUnit's own engine finds in fields, Surefire doesn't count.
 */
public abstract class HouseRules {

    /** The module's classes, without those of its tests. */
    protected final JavaClasses classes;

    protected HouseRules(JavaClasses classes) {
        this.classes = classes;
    }

    /** The classes of the module whose main code holds this one. */
    protected static JavaClasses moduleOf(Class<?> mainClass) {
        // The names of libraries' classes are all that the rules ask of them; to read these takes ten times as long.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .importUrl(mainClass.getProtectionDomain().getCodeSource().getLocation());
    }

    @Test
    protected final void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Impl)s?")
                .because("such a name fits any code, and so the class collects any code")
                .check(classes);
    }

    @Test
    protected final void noFieldIsOptional() {
        noFields()
                .should()
                .haveRawType(Optional.class)
                .because("a field that may be missing is @Nullable")
                .check(classes);
    }

    @Test
    protected final void noParameterIsOptional() {
        codeUnits()
                .that()
                .areNotPrivate()
                .should(new ArchCondition<>("take no Optional") {
                    @Override
                    public void check(JavaCodeUnit unit, ConditionEvents events) {
                        boolean takes = unit.getRawParameterTypes().stream()
                                .anyMatch(type -> type.isEquivalentTo(Optional.class));
                        events.add(
                                new SimpleConditionEvent(unit, !takes, unit.getDescription() + " takes an Optional"));
                    }
                })
                .because("a parameter that may be missing is @Nullable, or the method is two methods")
                .check(classes);
    }

    @Test
    protected final void everyPackageIsNullMarked() {
        classes()
                .should(new ArchCondition<>("reside in a @NullMarked package") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                        events.add(new SimpleConditionEvent(
                                type,
                                marked,
                                type.getName() + " is in a package without package-info and @NullMarked"));
                    }
                })
                .because("NullAway looks only there")
                .check(classes);
    }

    @Test
    protected final void noStaticFieldChanges() {
        fields().that()
                .areStatic()
                .should()
                .beFinal()
                .because("whatever changes belongs to an object, of which a test can make two")
                .check(classes);
    }
}
