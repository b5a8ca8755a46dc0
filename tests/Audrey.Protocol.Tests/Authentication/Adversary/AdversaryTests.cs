using System.Globalization;
using System.Text;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Text;
using Xunit.Abstractions;

namespace Audrey.Protocol.Tests.Authentication.Adversary;

/// <summary>
/// An adversary changes signed requests. The server must not accept a changed request that an independent verifier refuses. By default a
/// few thousand requests are tried. AUDREY_ADVERSARY sets their number, and AUDREY_ADVERSARY_SEED sets the first seed. See
/// docs/guest-protocol.md.
/// </summary>
public sealed class AdversaryTests(ITestOutputHelper output)
{
    private const string Key = "mysql-uuid";
    private const string Secret = "s3cr&t é";

    private static readonly int Requests = Number("AUDREY_ADVERSARY", 6000);
    private static readonly int FirstSeed = Number("AUDREY_ADVERSARY_SEED", 0);

    [Fact]
    public void The_server_accepts_no_changed_request_that_an_independent_verifier_refuses()
    {
        var (accepted, changed, refused, strict) = (0, 0, 0, 0);
        var wrong = new StringBuilder();
        Parallel.For(FirstSeed, FirstSeed + Requests, seed =>
        {
            var random = new Random(seed);
            var formMayBeUnsigned = random.Next(2) == 0;
            var original = Sign(random);
            var sent = Mutations.Apply(original, random);
            var isAccepted = IsAccepted(sent, formMayBeUnsigned);
            var reason = IndependentVerifier.Refuse(sent, Key, Secret, formMayBeUnsigned);
            if (isAccepted && reason is not null) Report($"seed {seed}: accepted, although {reason}\n  {original}\n  {sent}");
            if (isAccepted && !formMayBeUnsigned && IsAccepted(original, formMayBeUnsigned) && ActsOn(sent) != ActsOn(original))
                Report($"seed {seed}: acts on another request\n  {original}\n  {sent}");

            Interlocked.Add(ref accepted, isAccepted ? 1 : 0);
            Interlocked.Add(ref changed, isAccepted && sent != original ? 1 : 0);
            Interlocked.Add(ref refused, isAccepted ? 0 : 1);
            Interlocked.Add(ref strict, !isAccepted && reason is null ? 1 : 0);
        });

        output.WriteLine(
            $"{Requests} requests: {accepted} accepted, {changed} of them changed; {refused} refused, {strict} only by the server.");
        Assert.True(wrong.Length == 0, wrong.ToString());

        // The test proves something only if enough changed requests are accepted and enough requests are refused.
        Assert.InRange(changed, Requests / 50, Requests / 2);
        Assert.InRange(refused, Requests / 2, Requests);
        Assert.InRange(strict, 0, Requests / 100);

        void Report(string what)
        {
            lock (wrong)
                if (wrong.Length < 10_000) wrong.AppendLine(what);
        }
    }

    [Fact]
    public void The_independent_verifier_accepts_every_way_of_signing()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var original = Sign(new Random(seed));
            Assert.Null(IndependentVerifier.Refuse(original, Key, Secret, formMayBeUnsigned: true));
            Assert.NotNull(IndependentVerifier.Refuse(original, Key, Secret + "x", formMayBeUnsigned: true));
        }
    }

    private static bool IsAccepted(Wire wire, bool formMayBeUnsigned)
    {
        if (wire.Failure() != OAuthFailure.None) return false;
        using var request = wire.Parse();
        return request.ConsumerKey == Key && request.Verify(Secret, formMayBeUnsigned);
    }

    /// <summary>Returns the parts of a request that determine what the server does, for requests whose whole form is signed.</summary>
    private static string ActsOn(Wire wire)
    {
        var (form, query) = (Encoding.UTF8.GetBytes(wire.Form), Encoding.UTF8.GetBytes(wire.Query.TrimStart('?')));
        return string.Join('|', wire.Method.ToUpperInvariant(), Uri.UnescapeDataString(wire.Path), Field("data"), Field("audrey_data"));

        string Field(string name) =>
            FormField.TryGet(form, name, out var value) || FormField.TryGet(query, name, out value) ? Convert.ToHexString(value) : "none";
    }

    private static Wire Sign(Random random)
    {
        var path = random.Next(4) switch
        {
            0 => "/params/2/mysql-uuid",
            1 => "/configs/2/my%20sql%3A%C3%A9",
            2 => "/configs/2/%e6%97%a5%7e",
            _ => "/files/2/mysql-uuid",
        };
        var host = random.Next(4) switch { 0 => "kiosk.example", 1 => "Kiosk.example:4567", 2 => "[::1]:8080", _ => "10.0.0.1" };
        var query = random.Next(4) switch { 0 => "api_compat=1-2&sp=r%20b&e=", 1 => "audrey_data=%7Ca%26MQ%3D%3D%7C", _ => "" };
        var target = new OAuthTarget(random.Next(2) == 0 ? "http" : "https", host, path, query);
        var form = random.Next(5) switch
        {
            0 => "",
            1 => "audrey_data=%7Cip%26MTAuMC4wLjE%3D%7C",
            2 => "data=%3Ca%20b%3D%22%C3%A9%22%2F%3E%0A&z=a%2Bb",
            3 => "data=a+b",
            _ => "other=1&audrey_data=%7C%26%7C&data=2",
        };
        if (query.StartsWith("audrey_data", StringComparison.Ordinal) && form.Contains("audrey_data", StringComparison.Ordinal)) form = "";
        var method = form.Length == 0 && random.Next(2) == 0 ? "GET" : random.Next(2) == 0 ? "PUT" : "POST";
        var bytes = Encoding.UTF8.GetBytes(form);
        var signer = new OAuthSigner(Key, Secret, TimeProvider.System) { OmitVersion = random.Next(4) == 0 };
        var bodyHash = random.Next(4) switch { 0 => OAuthSigner.EmptyBodyHash, 1 => OAuthSigner.HashBody(bytes), _ => null };
        var wire = new Wire(method, path, query, "", form, target.Scheme, host);
        return random.Next(4) switch
        {
            0 => wire with { Authorization = signer.SignHeader(method, target, bytes, random.Next(2) == 0 ? "" : null, bodyHash) },
            1 => wire with { Query = signer.SignQuery(method, target, bytes, bodyHash)[(path.Length + 1)..] },
            2 => wire with { Form = Encoding.UTF8.GetString(signer.SignForm(method, target, bytes)) },

            // The oldest clients do not sign the body. Therefore fields that must be signed are removed from the body.
            _ => wire with
            {
                Form = form.Replace("&z=a%2Bb", "", StringComparison.Ordinal).Replace("other=1&", "", StringComparison.Ordinal),
                Authorization = signer.SignHeader(method, target, realm: ""),
            },
        };
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
