using Audrey.Core.Xml;
using static Audrey.Core.Xml.ChildShape;

namespace Audrey.Core.Deployables.Xml;

/// <summary>
/// The elements of Deployable 1.0. Sources and classes have the same elements as in an instance config. The reader checks the rules of the
/// form "exactly one of".
/// </summary>
internal static class XmlDeployableSchema
{
    public static readonly ElementShape Deployable = new("deployable")
    {
        Required = ["name"],
        Optional = ["version", "id"],
        Children = [ZeroOrOne("description"), One("assemblies")],
    };

    public static readonly ElementShape Description = new("description");

    public static readonly ElementShape Assemblies = new("assemblies") { Children = [OneOrMore("assembly")] };

    public static readonly ElementShape Assembly = new("assembly")
    {
        Required = ["name", "hwp"],
        Children = [One("image"), ZeroOrOne("services"), ZeroOrOne("returns")],
    };

    public static readonly ElementShape Image = new("image") { Required = ["id"], Optional = ["build"] };

    public static readonly ElementShape Services = new("services") { Children = [OneOrMore("service")] };

    public static readonly ElementShape Service = new("service")
    {
        Required = ["name"],
        Children = [ZeroOrOne("description"), One("executable"), ZeroOrOne("files"), ZeroOrOne("parameters")],
    };

    public static readonly ElementShape ExecutableContents = new("contents");

    public static readonly ElementShape Parameters = new("parameters") { Children = [OneOrMore("parameter")] };

    public static readonly ElementShape Parameter = new("parameter")
    {
        Required = ["name"],
        Optional = ["type"],
        Children = [ZeroOrOne("value"), ZeroOrOne("reference")],
    };

    public static readonly ElementShape Value = new("value") { Optional = ["type"] };

    public static readonly ElementShape Reference = new("reference") { Required = ["assembly"], Optional = ["parameter", "service"] };

    public static readonly ElementShape Returns = new("returns") { Children = [OneOrMore("return")] };

    public static readonly ElementShape Return = new("return") { Required = ["name"] };
}
