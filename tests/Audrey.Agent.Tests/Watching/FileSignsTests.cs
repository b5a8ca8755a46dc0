using Audrey.Agent.Watching;
using Audrey.Agent.Watching.Kernel;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Watching;

/// <summary>The tests read the events of the kernel themselves, so each event is there when it is read.</summary>
public sealed class FileSignsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<string> _full = [];
    private readonly FileSigns _signs;
    private readonly SignInbox _inbox = new(TimeProvider.System), _other = new(TimeProvider.System);

    public FileSignsTests() => _signs = new FileSigns(_full.Add);

    public void Dispose()
    {
        _signs.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task An_overflow_of_the_kernels_queue_is_a_sign_for_every_class()
    {
        Directory.CreateDirectory(_directory.File("busy"));
        Directory.CreateDirectory(_directory.File("quiet"));
        Follow(_inbox, "busy");
        Follow(_other, "quiet");
        var max = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"), System.Globalization.CultureInfo.InvariantCulture);

        // Each file causes at least two events that are not equal to the one before.
        for (var i = 0; i <= max / 2; i++) File.Create(_directory.File($"busy/{i}")).Dispose();

        Assert.Equal((Sign.Change, Sign.Change), (await ReadAsync(_inbox), await ReadAsync(_other)));
    }

    [Fact]
    public async Task A_file_is_followed_and_its_neighbour_is_not()
    {
        Write("file");
        Write("neighbour");
        Follow(_inbox, "file");
        Write("neighbour");
        Assert.Equal(Sign.None, await ReadAsync(_inbox));
        Write("file");
        Assert.Equal(Sign.Change, await ReadAsync(_inbox));
        File.Delete(_directory.File("file"));
        Assert.Equal(Sign.Change, await ReadAsync(_inbox));
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_followed_from_its_nearest_folder()
    {
        Assert.True(Follow(_inbox, "a/b/c"));
        Assert.False(Follow(_inbox, "a/b/c"));
        Directory.CreateDirectory(_directory.File("other"));
        Assert.Equal(Sign.None, await ReadAsync(_inbox));
        Directory.CreateDirectory(_directory.File("a/b"));
        Assert.Equal(Sign.Change, await ReadAsync(_inbox));
        Assert.True(Follow(_inbox, "a/b/c"));
        Write("a/b/c");
        Assert.Equal(Sign.Change, await ReadAsync(_inbox));
        Directory.Delete(_directory.File("a"), recursive: true);
        Assert.Equal(Sign.Change, await ReadAsync(_inbox));
        Assert.True(Follow(_inbox, "a/b/c"));
    }

    [Fact]
    public async Task The_file_that_a_link_points_to_is_followed()
    {
        Directory.CreateDirectory(_directory.File("real"));
        Write("real/file");
        File.CreateSymbolicLink(_directory.File("link"), _directory.File("real/file"));
        File.CreateSymbolicLink(_directory.File("itself"), _directory.File("itself"));
        Follow(_inbox, "link", "itself");
        Write("real/file");
        Assert.Equal(Sign.Change, await ReadAsync(_inbox));
    }

    [Fact]
    public async Task The_start_of_a_program_is_a_sign_for_a_glance()
    {
        var program = _directory.File("program");
        File.Copy("/bin/true", program);
        _signs.Follow(_inbox, [], [program]);
        using var process = System.Diagnostics.Process.Start(program);
        await process.WaitForExitAsync().Within("the end of the program");
        Assert.Equal(Sign.Glance, await ReadAsync(_inbox));
    }

    [Fact]
    public async Task Places_that_are_not_followed_any_more_are_no_signs()
    {
        Write("one");
        Directory.CreateDirectory(_directory.File("folder"));
        Follow(_inbox, "one", "folder");
        Follow(_inbox, "folder");
        Write("one");
        Assert.Equal(Sign.None, await ReadAsync(_inbox));
        Write("folder/any");
        Assert.Equal(Sign.Change, await ReadAsync(_inbox));
    }

    [Fact]
    public void The_number_of_watches_is_bounded()
    {
        foreach (var i in Enumerable.Range(0, 1100)) Directory.CreateDirectory(_directory.File($"{i}"));
        _signs.Follow(_inbox, Enumerable.Range(0, 1100).Select(i => _directory.File($"{i}")), []);
        Assert.Contains("there are more than 1024 files and folders", _full);
    }

    private bool Follow(SignInbox inbox, params string[] names) => _signs.Follow(inbox, names.Select(_directory.File), []);

    private void Write(string name) => File.WriteAllText(_directory.File(name), "x");

    private async Task<Sign> ReadAsync(SignInbox inbox)
    {
        _signs.Read(new byte[64 * 1024]);
        return await inbox.TakeAsync(TimeSpan.Zero, CancellationToken.None);
    }
}
