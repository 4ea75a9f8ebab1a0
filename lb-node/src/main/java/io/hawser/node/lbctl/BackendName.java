package io.hawser.node.lbctl;

/** A backend as a command line names it, {@code POOL/BACKEND}. */
record BackendName(String pool, String backend) {

    /** @throws IllegalArgumentException saying what is wrong with the text */
    static BackendName parse(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not POOL/BACKEND, such as shop/b1; 'lbctl backends' lists them");
        }
        return new BackendName(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return pool + "/" + backend;
    }
}
