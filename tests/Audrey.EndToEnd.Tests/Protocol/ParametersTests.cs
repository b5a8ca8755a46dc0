using System.Text;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class ParametersTests(ServerFixture server)
{
    [Fact]
    public async Task The_answer_names_the_missing_parameters_and_from_version_2_on_also_the_services()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, Provides("a", "b") + Services(Service("svc1"), Service("svc2")), NewId("deployable"));
        var first = await guest.Get($"/params/1/{uuid}");
        Assert.Equal((200, "|a&b|"), Short(first));
        Assert.Equal("text/plain;charset=utf-8", first.ContentType);
        Assert.Equal((200, "|a&b|svc1&svc2|"), Short(await guest.Get($"/params/2/{uuid}")));

        await guest.Put($"/params/1/{uuid}", $"|a&{Base64("1")}|b&{Base64("2")}|");
        Assert.Equal((200, "||"), Short(await guest.Get($"/params/1/{uuid}")));
        Assert.Equal((200, "||svc1&svc2|"), Short(await guest.Get($"/params/2/{uuid}")));
    }

    [Fact]
    public async Task Values_in_a_multipart_body_are_refused_with_the_reason()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, Provides("a"), NewId("deployable"));
        using var body = new MultipartFormDataContent { { new StringContent($"|a&{Base64("1")}|"), "audrey_data" } };
        var answer = await guest.UploadWithHash($"/params/2/{uuid}", body, null);
        Assert.Equal(415, answer.Status);
        Assert.Contains("no signature covers the fields of a multipart body", answer.Text, StringComparison.Ordinal);
        Assert.Equal((200, "|a||"), Short(await guest.Get($"/params/2/{uuid}")));

        using var other = new MultipartFormDataContent { { new StringContent($"|a&{Base64("1")}|"), "audrey_data" } };
        Assert.Equal(404, (await server.Server.Client(uuid, "wrong").UploadWithHash($"/params/2/{uuid}", other, null)).Status);
    }

    [Fact]
    public async Task Values_in_the_query_count_as_values_in_the_form()
    {
        var uuid = NewId("params");
        var service = Service("s", Refers("x", uuid, "a"), Refers("y", uuid, "b"));
        var guest = await server.Register(uuid, Provides("a", "b") + Services(service), NewId("deployable"));
        Assert.Equal((202, "|b|"), Short(await guest.PutForm(InQuery($"|a&{Base64("a+b %26")}|"), "")));
        Assert.Equal((200, "||"), Short(await guest.PutByHeader(InQuery($"|b&{Base64("2")}|"))));
        Assert.Equal(
            (200, $"|service|s|parameters|x&{Base64("a+b %26")}|y&{Base64("2")}|"), Short(await guest.Get($"/configs/2/{uuid}")));
        Assert.Equal((200, "||"), Short(await guest.PutForm(InQuery($"||s&{Base64("3")}|"), "")));
        var report = (await server.Conductor.Get($"/reports/2/instance/{uuid}")).Text;
        Assert.Contains("<completion-status>3</completion-status>", report, StringComparison.Ordinal);

        Assert.Equal(400, (await guest.PutForm(InQuery("|a&top*secret|"), "")).Status);
        Assert.Equal(401, (await guest.Put(InQuery($"|a&{Base64("1")}|"), $"|a&{Base64("1")}|")).Status);
        using var body = new MultipartFormDataContent { { new StringContent("x"), "other" } };
        Assert.Equal(415, (await guest.UploadWithHash(InQuery($"|a&{Base64("not taken")}|"), body, null)).Status);
        Assert.Contains(Base64("a+b %26"), (await guest.Get($"/configs/2/{uuid}")).Text, StringComparison.Ordinal);

        string InQuery(string data) => $"/params/2/{uuid}?audrey_data={Uri.EscapeDataString(data)}";
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_the_body()
    {
        var uuid = NewId("params");
        var deployable = NewId("deployable");
        var guest = await server.Register(uuid, Provides("a") + Services(Service("svc")), deployable);
        string[] guests = [$"/params/2/{uuid}", $"/configs/2/{uuid}", $"/configs/2/{uuid}/svc", $"/files/2/{uuid}", "/auth", "/version"];
        string[] conductors = [$"/ip/2/{uuid}", $"/reports/2/instance/{uuid}", $"/reports/2/deployment/{deployable}", "/auth"];
        foreach (var (client, path) in guests.Select(path => (guest, path)).Concat(conductors.Select(path => (server.Conductor, path))))
        {
            var whole = await client.Get(path);
            var head = await client.Head(path);
            Assert.Equal((whole.Status, 0, (long?)whole.Body.Length), (head.Status, head.Body.Length, head.ContentHeaders.ContentLength));
        }
    }

    [Fact]
    public async Task If_nothing_is_missing_the_answer_of_version_2_is_three_bars()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, "", NewId("deployable"));
        Assert.Equal((200, "|||"), Short(await guest.Get($"/params/2/{uuid}")));
        Assert.Equal((200, "||"), Short(await guest.Get($"/params/1/{uuid}")));
    }

    [Fact]
    public async Task The_answer_to_a_report_of_values_names_the_parameters_that_are_still_missing()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, Provides("a", "b"), NewId("deployable"));
        Assert.Equal((202, "|b|"), Short(await guest.Put($"/params/2/{uuid}", $"|a&{Base64("1")}|")));
        Assert.Equal((200, "||"), Short(await guest.Put($"/params/2/{uuid}", $"|b&{Base64("2")}|")));
        Assert.Equal((200, "||"), Short(await guest.Put($"/params/2/{uuid}/", $"|b&{Base64("3")}|")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("|")]
    [InlineData("||")]
    [InlineData("|&|")]
    [InlineData("|unknown&MQ==|")]
    [InlineData("||unknown&MA==|")]
    [InlineData("|a&|")]
    [InlineData("||LTE=|")]
    [InlineData("||&LTE=|")]
    public async Task Data_without_a_valid_entry_changes_nothing(string data)
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, Provides("a"), NewId("deployable"));
        Assert.Equal((202, "|a|"), Short(await guest.Put($"/params/2/{uuid}", data)));
    }

    [Fact]
    public async Task An_instance_without_provided_parameters_accepts_malformed_data()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, "", NewId("deployable"));
        Assert.Equal((200, "||"), Short(await guest.Put($"/params/2/{uuid}", "||&LTE=|")));
        Assert.Equal((200, "||"), Short(await guest.PutForm($"/params/2/{uuid}", "no=audrey_data")));
        Assert.Equal((200, "||"), Short(await guest.PutForm($"/params/2/{uuid}", "")));
    }

    [Fact]
    public async Task One_request_may_report_the_ends_of_several_services_as_base64_or_as_numbers()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, Services(Service("one"), Service("two")), NewId("deployable"));
        Assert.Equal((200, "||"), Short(await guest.Put($"/params/2/{uuid}", $"||one&{Base64("0")}|two&3|")));
        var report = (await server.Conductor.Get($"/reports/2/instance/{uuid}")).Text;
        Assert.Contains("<completion-status>0</completion-status>", report, StringComparison.Ordinal);
        Assert.Contains("<completion-status>3</completion-status>", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_a_name_occurs_twice_its_last_value_is_used_and_base64_may_lack_padding_or_have_line_breaks()
    {
        var uuid = NewId("params");
        var service = Service("s", Refers("x", uuid, "a"), Refers("y", uuid, "b"));
        var guest = await server.Register(uuid, Provides("a", "b") + Services(service), NewId("deployable"));
        var (unpadded, broken) = (Base64("last").TrimEnd('='), Base64("broken line").Insert(4, "\r\n"));
        await guest.Put($"/params/2/{uuid}", $"|a&{Base64("first")}|a&{unpadded}|b&{broken}|");
        Assert.Equal(
            (200, $"|service|s|parameters|x&{Base64("last")}|y&{Base64("broken line")}|"), Short(await guest.Get($"/configs/2/{uuid}")));
    }

    [Fact]
    public async Task The_bytes_of_values_are_preserved()
    {
        byte[][] values = [[0xE4, 0xFF], Encoding.UTF8.GetBytes("größe ☃"), "]]>"u8.ToArray(), "a\r\nb\0c"u8.ToArray(), [0, 0, 0]];
        var (uuid, deployable) = (NewId("bytes"), NewId("deployable"));
        var names = values.Select((_, index) => $"p{index}").ToArray();
        var service = Service("s", [.. names.Select(name => Refers(name, uuid, name))]);
        var guest = await server.Register(uuid, Provides(names) + Services(service), deployable);
        var data = string.Join('|', names.Zip(values, (name, value) => $"{name}&{Convert.ToBase64String(value)}"));
        Assert.Equal((200, "||"), Short(await guest.Put($"/params/2/{uuid}", $"|{data}|")));
        Assert.Equal((200, $"|service|s|parameters|{data}|"), Short(await guest.Get($"/configs/2/{uuid}")));
    }

    [Fact]
    public async Task The_error_for_a_value_that_is_not_base64_names_the_parameter_and_hides_the_value()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, Provides("a"), NewId("deployable"));
        var answer = await guest.Put($"/params/2/{uuid}", "|a&top*secret|");
        Assert.Equal(400, answer.Status);
        Assert.Contains("'a'", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.Equal((200, "|a|"), Short(await guest.Get($"/params/1/{uuid}")));
    }

    [Fact]
    public async Task A_too_large_body_is_refused()
    {
        var uuid = NewId("params");
        var guest = await server.Register(uuid, Provides("a"), NewId("deployable"));
        Assert.Equal(413, (await guest.Put($"/params/2/{uuid}", $"|a&{new string('A', 1_100_000)}|")).Status);
    }

    [Fact]
    public async Task The_address_of_the_connection_becomes_the_address_of_the_instance_and_forwarded_headers_are_ignored()
    {
        var uuid = NewId("ip");
        var guest = await server.Register(uuid, Provides("a"), NewId("deployable"));
        var before = await server.Conductor.Get($"/ip/2/{uuid}");
        Assert.Equal((200, ""), Short(before));
        Assert.Equal("text/plain;charset=utf-8", before.ContentType);

        await guest.Put($"/params/2/{uuid}", "|&|", request => request.Headers.Add("X-Forwarded-For", "203.0.113.9"));
        Assert.Equal((200, "127.0.0.1"), Short(await server.Conductor.Get($"/ip/2/{uuid}")));
    }
}
