/** The demo application: an HTTP server that answers with its colour. JDK only: a small image. */
@NullMarked
package colorteller.colorteller;

import org.jspecify.annotations.NullMarked;
