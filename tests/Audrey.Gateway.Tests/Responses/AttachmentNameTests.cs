using Audrey.Gateway.Responses;

namespace Audrey.Gateway.Tests.Responses;

public sealed class AttachmentNameTests
{
    [Theory]
    [InlineData("mysql-uuid.tgz", "attachment; filename=\"mysql-uuid.tgz\"")]
    [InlineData("a \"b\".tgz", "attachment; filename=\"a \\\"b\\\".tgz\"")]
    [InlineData("größe.tgz", "attachment; filename=\"gr__e.tgz\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.tgz")]
    public void The_name_is_quoted_and_a_name_with_special_characters_also_has_an_encoded_form(string name, string header) =>
        Assert.Equal(header, AttachmentName.Header(name));
}
