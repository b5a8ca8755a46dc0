using System.CommandLine;

return await new RootCommand("Configures this instance.").Parse(args).InvokeAsync();
