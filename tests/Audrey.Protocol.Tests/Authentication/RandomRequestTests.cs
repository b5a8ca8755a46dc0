using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Protocol.Tests.Authentication;

/// <summary>Properties that must hold for random requests. If one does not hold, the error message contains the seed.</summary>
public sealed class RandomRequestTests
{
    private const string Alphabet = "aZ09-._~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é\0\t\r\nー😀";

    [Fact]
    public void A_signed_request_is_verified_only_with_its_secret_body_and_host()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var key = Text(random, 1);
            var secret = Text(random, 1);
            var signer = new OAuthSigner(key, secret, TimeProvider.System, () => Text(random, 1));
            var target = new OAuthTarget(
                random.Next(2) == 0 ? "http" : "https",
                random.Next(2) == 0 ? "h.example:4567" : "h.example",
                "/configs/1/" + Uri.EscapeDataString(Text(random, 0)),
                Form(random));
            var form = Form(random);
            var wire = Sign(signer, target, form, random.Next(3));

            using (var request = wire.Parse())
            {
                Assert.True(request.Verify(secret), $"seed {seed}");
                Assert.False(request.Verify(secret + "x"), $"seed {seed}");
                Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key)), request.ConsumerKey);
            }

            Assert.False((wire with { Form = wire.Form + "&extra=1" }).Verify(secret), $"seed {seed}");
            Assert.False((wire with { Host = "other" }).Verify(secret), $"seed {seed}");
        }
    }

    [Fact]
    public void The_order_of_parameters_does_not_matter()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var wire = Sign(
                new OAuthSigner("key", "secret", TimeProvider.System), new OAuthTarget("http", "h", "/", Form(random)), Form(random), 1);
            var query = wire.Query.Split('&');
            random.Shuffle(query);
            Assert.True((wire with { Query = string.Join('&', query) }).Verify("secret"), $"seed {seed}");
        }
    }

    [Fact]
    public void Malformed_requests_throw_no_exception()
    {
        string[] pieces =
        [
            "oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_timestamp", "oauth_signature_method", "HMAC-SHA1", "OAuth ",
            "realm", "=", "&", "\"", ",", "%", "%4", "%zz", "%FF", "\\", " ", "+", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "12", "\ud800", "é",
            "\0", "data=",
        ];
        for (var seed = 0; seed < 20000; seed++)
        {
            var random = new Random(seed);
            var wire = new Wire(
                Piece(), "/" + Piece(), Pieces(), (random.Next(2) == 0 ? "OAuth " : "") + Pieces(), Pieces(), Piece(), Piece() + Piece());
            wire.Verify("secret");

            string Piece() => pieces[random.Next(pieces.Length)];
            string Pieces() => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Piece()));
        }
    }

    [Fact]
    public void A_damaged_request_is_not_verified()
    {
        var signer = new OAuthSigner("key", "secret", TimeProvider.System);
        var target = new OAuthTarget("http", "config.example.com", "/params/1/key");
        var query = signer.SignQuery("GET", target, bodyHash: OAuthSigner.EmptyBodyHash).Split('?')[1];
        for (var i = 0; i < query.Length; i++)
        {
            var damaged = query[..i] + (query[i] == '1' ? '2' : '1') + query[(i + 1)..];
            Assert.False(new Wire(Path: target.Path, Query: damaged).Verify("secret"), damaged);
        }
    }

    private static Wire Sign(OAuthSigner signer, OAuthTarget target, string form, int place)
    {
        var bytes = Encoding.UTF8.GetBytes(form);
        var wire = new Wire("PUT", target.Path, target.Query, "", form, target.Scheme, target.Host);
        return place switch
        {
            0 => wire with { Authorization = signer.SignHeader("PUT", target, bytes, realm: "r") },
            1 => wire with { Query = signer.SignQuery("PUT", target, bytes)[(target.Path.Length + 1)..] },
            _ => wire with { Form = Encoding.UTF8.GetString(signer.SignForm("PUT", target, bytes)) },
        };
    }

    private static string Form(Random random) => string.Join(
        '&',
        Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(3) switch
        {
            0 => Uri.EscapeDataString("n" + Text(random, 0)),
            1 => "n=" + Uri.EscapeDataString(Text(random, 0)).Replace("%20", "+", StringComparison.Ordinal),
            _ => Uri.EscapeDataString("p" + Text(random, 0)) + "=" + Uri.EscapeDataString(Text(random, 0)),
        }));

    private static string Text(Random random, int minimum)
    {
        var text = new StringBuilder();
        for (var i = random.Next(8) + minimum; i > 0; i--) text.Append(Rune.GetRuneAt(Alphabet, Start(random.Next(Alphabet.Length))));
        return text.ToString();
    }

    private static int Start(int index) => char.IsLowSurrogate(Alphabet[index]) ? index - 1 : index;
}
