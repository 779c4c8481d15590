/** An example of somebody's CDK app. */
@NullMarked
package shop;

import org.jspecify.annotations.NullMarked;
