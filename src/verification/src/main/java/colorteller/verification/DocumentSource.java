package colorteller.verification;

import colorteller.aws.AwsErrors;
import colorteller.mesh.Mesh;
import colorteller.mesh.template.MeshPointer;
import colorteller.mesh.template.TemplateException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;

/**
 * A mesh as the document that a control plane of our own serves: what an SSM parameter points at.
 */
public final class DocumentSource implements MeshSource {

  private final SsmClient ssm;
  private final S3Client s3;
  private final String parameter;

  /**
   * Reads from SSM and S3.
   *
   * @param parameter the SSM parameter's name
   */
  public DocumentSource(SsmClient ssm, S3Client s3, String parameter) {
    this.ssm = ssm;
    this.s3 = s3;
    this.parameter = parameter;
  }

  @Override
  public Mesh read() {
    try {
      MeshPointer pointer =
          MeshPointer.parse(
              parameter, ssm.getParameter(call -> call.name(parameter)).parameter().value());
      return pointer.mesh(
          s3.getObjectAsBytes(call -> call.bucket(pointer.bucket()).key(pointer.key()))
              .asUtf8String());
    } catch (ParameterNotFoundException e) {
      throw new VerificationException(
          "there is no SSM parameter '%s' here; deploy the mesh's stack first"
              .formatted(parameter));
    } catch (S3Exception e) {
      throw new VerificationException(
          "the document that '%s' points at cannot be read: %s"
              .formatted(parameter, AwsErrors.line(e)));
    } catch (TemplateException e) {
      throw new VerificationException(String.valueOf(e.getMessage()));
    }
  }
}
