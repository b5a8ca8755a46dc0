using System.Text;
using Audrey.Protocol.Text;

namespace Audrey.Protocol.Tests.Text;

public sealed class GuestReportParserTests
{
    private static readonly GuestReportLimits Limits = new(MaxValueBytes: 100, MaxEntries: 10);

    [Theory]
    [InlineData("|ip&MTAuMC4wLjE=|", "ip=10.0.0.1")]
    [InlineData("|a&MQ==|b&Mg==|", "a=1,b=2")]
    [InlineData("|a&MQ==|a&Mg==|b&Mw==|a&NA==|", "a=4,b=3")]
    [InlineData("|a&|b&Mg==|c|&Mw==|", "b=2")]
    [InlineData("|a&MQ==", "a=1")]
    [InlineData("a&MQ==|", "a=1")]
    [InlineData("|a&MQ==||b&Mg==|", "a=1,b=2")]
    [InlineData("|a&MQ==|\n", "a=1")]
    [InlineData("|é&MQ==|", "é=1")]
    public void Values_are_read(string data, string expected) => Assert.Equal($"Values: {expected}", Read(data));

    [Theory]
    [InlineData("||http&MA==|", "http=0")]
    [InlineData("||http&MA==|db&LTE=|", "http=0,db=-1")]
    [InlineData("||http&MA==|http&MQ==|", "http=1")]
    [InlineData("||http&MA", "http=0")]
    [InlineData("||http&|db&MA==|", "db=0")]
    [InlineData("||http&0|db&137|", "http=0,db=137")]
    public void Data_that_begins_with_two_bars_contains_exit_statuses(string data, string expected) =>
        Assert.Equal($"ExitStatuses: {expected}", Read(data));

    [Theory]
    [InlineData("")]
    [InlineData("|")]
    [InlineData("||")]
    [InlineData("|||")]
    [InlineData("|&|")]
    [InlineData("||&|")]
    [InlineData("||&LTE=|")]
    [InlineData("|a&|")]
    [InlineData("|a|")]
    [InlineData("|a&==|")]
    [InlineData("|a&\n|")]
    [InlineData("&")]
    [InlineData("anything")]
    public void Data_without_an_entry_changes_nothing(string data) => Assert.Equal("NoChange: ", Read(data));

    [Theory]
    [InlineData("MTIzNA==")]
    [InlineData("MTIzNA")]
    [InlineData("MTIzNA=")]
    [InlineData("MTIzNA===")]
    [InlineData("MT\nIz\r\nNA==\n")]
    [InlineData("MTIzNA=\n=")]
    [InlineData("\nMTIzNA")]
    public void Base64_may_lack_padding_and_have_line_breaks(string base64) => Assert.Equal("Values: a=1234", Read($"|a&{base64}|"));

    [Theory]
    [InlineData("M")]
    [InlineData("MTIzN")]
    [InlineData("MTI!")]
    [InlineData("MT==MT==")]
    [InlineData("MTI zNA==")]
    [InlineData("MTIz\tNA==")]
    [InlineData("-_-_")]
    [InlineData("MTIz&NA==")]
    [InlineData("MTIé")]
    public void The_error_for_broken_base64_names_the_parameter(string base64)
    {
        Assert.False(GuestReportParser.TryParse(Encoding.UTF8.GetBytes($"|ok&MQ==|port&{base64}|"), Limits, out var report, out var error));
        Assert.Null(report);
        Assert.Equal((GuestReportProblem.BrokenBase64, "port"), (error.Problem, error.Name));
        Assert.Contains("'port'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_length_of_a_value_is_limited()
    {
        Assert.True(Parse("a", 100));
        foreach (var length in (int[])[101, 102, 103, 10_000])
        {
            var data = Encoding.ASCII.GetBytes($"|a&{Convert.ToBase64String(new byte[length])}|");
            Assert.False(GuestReportParser.TryParse(data, Limits, out _, out var error));
            Assert.Equal((GuestReportProblem.ValueTooLong, "a"), (error.Problem, error.Name));
            Assert.Contains("100", error.Message, StringComparison.Ordinal);
        }

        static bool Parse(string name, int length) => GuestReportParser.TryParse(
            Encoding.ASCII.GetBytes($"|{name}&{Convert.ToBase64String(new byte[length])}|"), Limits, out _, out _);
    }

    [Fact]
    public void The_number_of_entries_is_limited()
    {
        Assert.Equal(11, Read(Entries(10)).Split('=').Length);
        Assert.False(GuestReportParser.TryParse(Encoding.ASCII.GetBytes(Entries(11)), Limits, out _, out var error));
        Assert.Equal((GuestReportProblem.TooManyEntries, null), (error.Problem, error.Name));
        Assert.Contains("10", error.Message, StringComparison.Ordinal);

        static string Entries(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"|p{i}&MQ==")) + "|";
    }

    [Fact]
    public void Any_bytes_are_preserved()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var value = new byte[random.Next(1, 100)];
            random.NextBytes(value);
            var base64 = Convert.ToBase64String(value, Base64FormattingOptions.InsertLineBreaks).TrimEnd('=');
            Assert.True(GuestReportParser.TryParse(Encoding.ASCII.GetBytes($"|v&{base64}|"), Limits, out var report, out _));
            Assert.Equal(value, report.Entries[0].Value.ToArray());

            var rendered = ConfigurationText.Render([new ServiceText("s", [new ParameterText("v", value)])]);
            Assert.Equal($"|service|s|parameters|v&{Convert.ToBase64String(value)}|", Encoding.ASCII.GetString(rendered));
        }
    }

    [Theory]
    [InlineData("é\r\n]]>\0")]
    [InlineData("\"'<>")]
    public void Text_that_the_server_of_2012_corrupted_is_preserved(string text) =>
        Assert.Equal($"Values: v={text}", Read($"|v&{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}|"));

    [Fact]
    public void Malformed_data_throw_no_exception()
    {
        string[] pieces = ["|", "||", "&", "a", "MQ==", "=", "\n", " ", "\0", "é", "!", "MTIz"];
        for (var seed = 0; seed < 20000; seed++)
        {
            var random = new Random(seed);
            var data = Encoding.UTF8.GetBytes(
                string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => pieces[random.Next(pieces.Length)])));
            var parsed = GuestReportParser.TryParse(data, new GuestReportLimits(3, 3), out var report, out var error);
            Assert.Equal(parsed, report is not null);
            Assert.Equal(parsed, error is null);
        }
    }

    private static string Read(string data)
    {
        Assert.True(GuestReportParser.TryParse(Encoding.UTF8.GetBytes(data), Limits, out var report, out var error), error?.Message);
        return $"{report.Kind}: " + string.Join(',', report.Entries.Select(e => $"{e.Name}={Encoding.UTF8.GetString(e.Value.Span)}"));
    }
}
