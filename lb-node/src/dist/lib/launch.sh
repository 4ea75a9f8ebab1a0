# What bin/lb-node and bin/lbctl share; read by them with "." after they have set $program and $home.

fail() {
    echo "$program: $*" >&2
    exit 1
}

# Sets $java to the java command and $java_version to its feature number (17, 21, ...).
find_java() {
    if [ -n "${JAVA_HOME:-}" ]; then
        java=$JAVA_HOME/bin/java
        if [ ! -x "$java" ]; then
            fail "JAVA_HOME is $JAVA_HOME, but there is no $java to run;" \
                "point JAVA_HOME at a Java 17 or later, or unset it to use the java on PATH"
        fi
    else
        java=$(command -v java) || fail "found no Java: JAVA_HOME is not set and there is no java on PATH;" \
            "install Java 17 or later (on Debian: apt install openjdk-17-jre-headless) or set JAVA_HOME"
    fi
    # The release file spares starting a JVM only to ask it its version.
    java_version=
    release=$(dirname "$(readlink -f "$java")")/../release
    if [ -r "$release" ]; then
        java_version=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$release")
    fi
    if [ -z "$java_version" ]; then
        java_version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
    full_version=$java_version
    case $java_version in 1.*) java_version=${java_version#1.} ;; esac
    java_version=${java_version%%[!0-9]*}
    if [ -z "$java_version" ]; then
        fail "cannot tell the version of $java; point JAVA_HOME at a Java 17 or later"
    fi
    if [ "$java_version" -lt 17 ]; then
        fail "$java is Java $full_version, and Hawser needs 17 or later;" \
            "point JAVA_HOME at one (on Debian: apt install openjdk-17-jre-headless)"
    fi
}

# Sets $sharing to the options that let the JVM take its classes from an archive made by "lb-node archive": $1, or what
# HAWSER_CLASS_ARCHIVE names instead; none when there is none. One that doesn't fit this JVM is passed over silently.
find_archive() {
    archive=${HAWSER_CLASS_ARCHIVE-$1}
    if [ -n "$archive" ] && [ -r "$archive" ]; then
        sharing="-XX:SharedArchiveFile=$archive"
    else
        sharing=-Xshare:auto
    fi
}
