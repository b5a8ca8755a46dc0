using System.Text;
using Audrey.Agent.Files;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Files;

public sealed class ValueFilesTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_bytes_of_a_file_are_the_value_of_its_name()
    {
        Write("blob", [0, 0xff, 0x0a]);
        Write("empty", []);
        Write("with space", "x"u8);

        Assert.Equal(
            new Dictionary<string, string> { ["blob"] = "00FF0A", ["empty"] = "", ["with space"] = "78" },
            Read().ToDictionary(value => value.Key, value => Convert.ToHexString(value.Value)));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_file_that_cannot_be_a_value_is_named_and_the_others_are_read()
    {
        Write("good", "1"u8);
        Write("a\u0007b", "1"u8);
        Write("huge", new byte[NameValueLines.MaxBytes]);
        Directory.CreateDirectory(_directory.File("folder"));
        File.CreateSymbolicLink(_directory.File("dangling"), _directory.File("nowhere"));
        File.CreateSymbolicLink(_directory.File("device"), "/dev/zero");

        Assert.Equal("1", Encoding.UTF8.GetString(Assert.Single(Read()).Value));

        Assert.Equal(
            [
                "s: the file a?b is refused: a value cannot have this name",
                "s: the file dangling is refused: No such file or directory",
                "s: the file device is refused: it is not a regular file, or it grows",
                "s: the file folder is refused: Is a directory",
                $"s: the file huge is refused: it is larger than {NameValueLines.MaxBytes - 1} bytes",
            ],
            _log.Lines);
    }

    [Fact]
    public void Without_the_folder_there_are_no_values() =>
        Assert.Empty(ValueFiles.Read(_directory.File("none"), "s", _log));

    private Dictionary<string, byte[]> Read() => ValueFiles.Read(_directory.Path, "s", _log);

    private void Write(string name, ReadOnlySpan<byte> contents) => File.WriteAllBytes(_directory.File(name), contents);
}
