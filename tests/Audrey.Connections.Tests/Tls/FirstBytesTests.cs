using System.Buffers.Binary;
using System.IO.Pipelines;
using Audrey.Connections.Tls;

namespace Audrey.Connections.Tests.Tls;

public sealed class FirstBytesTests
{
    [Theory]
    [InlineData(0x01)]
    [InlineData(0x03)]
    public async Task The_first_bytes_of_a_handshake_are_recognised_as_TLS(byte minor) =>
        Assert.True(await Look([0x16, 0x03, minor, 0x02, 0x00]));

    [Fact]
    public async Task The_length_at_the_start_of_an_Orleans_message_is_never_mistaken_for_TLS()
    {
        var begin = new byte[4];
        for (var length = 1; length <= 1024; length++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(begin, length);
            Assert.False(await Look(begin));
        }
    }

    [Fact]
    public async Task The_bytes_may_arrive_one_by_one()
    {
        var pipe = new Pipe();
        var looking = FirstBytes.AreTlsAsync(pipe.Reader, CancellationToken.None);
        foreach (var one in new byte[] { 0x16, 0x03, 0x01 })
        {
            Assert.False(looking.IsCompleted);
            await pipe.Writer.WriteAsync(new[] { one });
        }

        Assert.True(await looking);
    }

    [Fact]
    public async Task The_next_reader_still_gets_the_bytes()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 1, 2, 3, 4 });

        await FirstBytes.AreTlsAsync(pipe.Reader, CancellationToken.None);

        Assert.Equal(4, (await pipe.Reader.ReadAsync()).Buffer.Length);
    }

    [Fact]
    public async Task It_is_unknown_whether_a_connection_that_ends_after_one_byte_uses_TLS()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 0x16 });
        await pipe.Writer.CompleteAsync();

        Assert.Null(await FirstBytes.AreTlsAsync(pipe.Reader, CancellationToken.None));
    }

    private static async Task<bool?> Look(byte[] begin)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(begin);
        return await FirstBytes.AreTlsAsync(pipe.Reader, CancellationToken.None);
    }
}
