using System.Collections.Concurrent;
using System.Text;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Access;

/// <summary>Calls every route of a running server as every identity, with every authentication scheme.</summary>
public sealed class RouteAccessTests(ITestOutputHelper output)
{
    private const string Regenerate = "AUDREY_ROUTES";

    private static readonly string Page = Path.Combine(AppContext.BaseDirectory, "Docs", "route-access.md");

    /// <summary>With AUDREY_ROUTES=FILE the test writes the page to that file.</summary>
    [Fact]
    public async Task Every_route_follows_its_access_rule_for_every_caller_and_the_page_lists_it()
    {
        await using var server = await RunningServer.Start("--Audrey:Proxies:0=127.0.0.0/8");
        string[] patterns = [.. PatternsOf(server.Services)];
        Assert.Equal(AccessRules.Table.Keys.Order(StringComparer.Ordinal), patterns.Order(StringComparer.Ordinal));

        var routes = patterns.SelectMany(VersionsOf).ToDictionary(route => route.Name);
        var callers = await Callers.Create(server);
        var cells = from route in routes.Values
                    from identity in Enum.GetValues<Identity>()
                    from scheme in Enum.GetValues<Scheme>()
                    select (Route: route.Name, Identity: identity, Scheme: scheme);
        var found = new ConcurrentDictionary<(string Route, Identity Identity, Scheme Scheme), string>();
        await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (cell, _) =>
            found[cell] = await callers.Call(routes[cell.Route], cell.Identity, cell.Scheme));

        var wrong = from cell in found
                    let expected = AccessRules.Table[routes[cell.Key.Route].Pattern].Expect(cell.Key.Identity, cell.Key.Scheme)
                    where cell.Value != expected
                    orderby cell.Key
                    select $"{cell.Key}: {cell.Value}, not {expected}";
        Assert.Empty(wrong);

        var page = PageOf(routes.Keys, found);
        if (Environment.GetEnvironmentVariable(Regenerate) is { Length: > 0 } file) await File.WriteAllTextAsync(file, page);
        output.WriteLine($"{found.Count} cells of {routes.Count} routes");
        Assert.Equal(page, await File.ReadAllTextAsync(Page));
    }

    /// <summary>Returns a route in each version that its path can name.</summary>
    private static IEnumerable<VersionedRoute> VersionsOf(string pattern) => pattern.Contains("{version}", StringComparison.Ordinal)
        ? from version in GuestVersions.Served
          where version.Number <= GuestVersions.MaxSigned
          select new VersionedRoute(pattern, version.Number)
        : [new(pattern, GuestVersions.Max)];

    private static IEnumerable<string> PatternsOf(IServiceProvider services) =>
        from endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        select $"{method} {pattern}";

    private static string PageOf(
        IReadOnlyCollection<string> routes, ConcurrentDictionary<(string Route, Identity Identity, Scheme Scheme), string> found)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Who may call which route

            The test `RouteAccessTests` generates this page. For each cell, it sends a request to a running server. `yes` means that the
            caller may make the request. A number is the status of the refusal. The path names a deployable and an instance of the
            conductor for which the caller acts. For all other callers, they belong to the configured conductor. The guest is the guest of
            this instance. Only the guest of an unknown instance names its own instance in the path. The other conductor has a valid
            credential, but owns nothing in the path. Run the test with `AUDREY_ROUTES=FILE` to write the page to a file.

            """);
        foreach (var scheme in Enum.GetValues<Scheme>())
        {
            page.Append("\n## ").Append(scheme == Scheme.OAuth ? "By OAuth 1.0a" : "By HTTP Basic").Append("\n\n| Route |");
            foreach (var identity in Enum.GetValues<Identity>()) page.Append(' ').Append(Words(identity)).Append(" |");
            page.Append("\n|---|").Append(string.Concat(Enum.GetValues<Identity>().Select(_ => "---|"))).Append('\n');
            foreach (var route in routes.Order(StringComparer.Ordinal))
            {
                page.Append("| `").Append(route).Append("` |");
                foreach (var identity in Enum.GetValues<Identity>()) page.Append(' ').Append(found[(route, identity, scheme)]).Append(" |");
                page.Append('\n');
            }
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Words(Identity identity) => identity switch
    {
        Identity.Nobody => "no credential",
        Identity.UnknownKey => "unknown key",
        Identity.WrongSecret => "wrong secret",
        Identity.RevokedConductor => "revoked conductor",
        Identity.Guest => "guest",
        Identity.GuestWithWrongSecret => "guest, wrong secret",
        Identity.UnknownGuest => "guest of an unknown instance",
        Identity.OtherGuest => "guest of another instance",
        Identity.ConfiguredConductor => "configured conductor",
        Identity.AddedConductor => "added conductor",
        Identity.OldSecret => "rotated conductor, old secret",
        Identity.NewSecret => "rotated conductor, new secret",
        Identity.Viewer => "viewer for the added conductor",
        Identity.Administrator => "administrator for the added conductor",
        _ => "other conductor",
    };
}
